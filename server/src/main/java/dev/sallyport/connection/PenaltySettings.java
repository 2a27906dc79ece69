package dev.sallyport.connection;

import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * How sources are penalised ({@code sallyport.penalties}), after OpenSSH's PerSourcePenalties and
 * PerSourcePenaltyExemptList. A penalty is a time during which a source is turned away. It stops
 * clients that guess keys and users at high speed, and clients that keep the bastion busy with key
 * exchanges.
 *
 * @param enabled whether any source is penalised
 * @param authenticationFailed added when a connection ends after failed attempts only; zero is
 *     never, as for the next three
 * @param noAuthentication added when a connection ends without an attempt
 * @param graceExceeded added when a login takes too long
 * @param flood added when a client floods or breaks the protocol before the login
 * @param max a source's penalty never grows beyond this, so that an address which gets a new owner
 *     is free again
 * @param min a penalty up to this is kept but not enforced, so that mistakes have no consequence
 * @param maxSources4 IPv4 sources that are kept: bounds memory, to about 150 bytes each
 * @param maxSources6 the same for IPv6
 * @param overflow what happens when that many are kept
 * @param exempt sources that are never penalised
 */
public record PenaltySettings(
    boolean enabled,
    Duration authenticationFailed,
    Duration noAuthentication,
    Duration graceExceeded,
    Duration flood,
    Duration max,
    Duration min,
    int maxSources4,
    int maxSources6,
    Overflow overflow,
    List<Cidr> exempt) {
  /** What happens when there are more misbehaving sources than the table holds. */
  public enum Overflow {
    /** The penalties that would end first are forgotten, so a botnet can shorten penalties. */
    PERMISSIVE,
    /**
     * All sources of that family that are not exempt are turned away, so a botnet can cause that.
     */
    DENY_ALL
  }

  /** OpenSSH's defaults; for floods the same as for an exceeded grace time. */
  public static final PenaltySettings DEFAULT =
      new PenaltySettings(
          true,
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ofSeconds(15),
          65_536,
          65_536,
          Overflow.PERMISSIVE,
          List.of());

  public PenaltySettings {
    exempt = List.copyOf(exempt);
  }

  /** The time that a misconduct adds to a penalty. */
  Duration durationOf(Misconduct misconduct) {
    return switch (misconduct) {
      case AUTHENTICATION_FAILED -> authenticationFailed;
      case NO_AUTHENTICATION -> noAuthentication;
      case GRACE_EXCEEDED -> graceExceeded;
      case FLOOD -> flood;
    };
  }

  boolean isExempt(InetAddress source) {
    return exempt.stream().anyMatch(network -> network.contains(source));
  }
}
