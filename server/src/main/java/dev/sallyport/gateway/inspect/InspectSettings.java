package dev.sallyport.gateway.inspect;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.ssh.TimeLimits;
import java.util.List;

/**
 * Settings for the inspection of forwards.
 *
 * @param names host names that clients may know any target by, besides its own, because of {@code
 *     ssh -L} ({@code sallyport.inspection.names})
 * @param algorithms algorithms that may be negotiated; the host key is always ed25519
 * @param time time limits, as for the connections of clients; the outer connection sends the
 *     keep-alives
 * @param authenticationTries failed attempts until an inner connection ends
 * @param channelsPerConnection open channels of one inner connection
 */
public record InspectSettings(
    List<String> names,
    Algorithms algorithms,
    TimeLimits time,
    int authenticationTries,
    int channelsPerConnection) {
  /** The host names that clients use with {@code ssh -L}. */
  public static final List<String> DEFAULT_NAMES = List.of("localhost", "127.0.0.1", "::1");

  /**
   * Most names. OpenSSH accepts no certificate with more than 256 (SSHKEY_CERT_MAX_PRINCIPALS), and
   * the target's own names are added to these.
   */
  public static final int MOST_NAMES = 200;

  public InspectSettings {
    names = List.copyOf(names);
    if (names.size() > MOST_NAMES) {
      throw new IllegalArgumentException("more than " + MOST_NAMES + " names");
    }
  }
}
