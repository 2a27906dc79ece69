package dev.sallyport.gateway.inspect;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.ssh.TimeLimits;
import java.util.List;

/**
 * What the inspection of forwards is told at the start.
 *
 * @param names under which users may reach any target, beside the target's own: what {@code ssh -L}
 *     makes of it ({@code sallyport.inspection.names})
 * @param algorithms what may be negotiated, but for the host key, which is ed25519
 * @param time as for the connections of clients; keep-alives are the outer connection's
 * @param authenticationTries failed attempts until an inner connection ends
 * @param channelsPerConnection open channels of one inner connection
 */
public record InspectSettings(
    List<String> names,
    Algorithms algorithms,
    TimeLimits time,
    int authenticationTries,
    int channelsPerConnection) {
  /** What {@code ssh -L} makes of a target. */
  public static final List<String> DEFAULT_NAMES = List.of("localhost", "127.0.0.1", "::1");

  /**
   * Names at most: OpenSSH takes no certificate with more than 256 (SSHKEY_CERT_MAX_PRINCIPALS),
   * and the target's own come to them.
   */
  public static final int MOST_NAMES = 200;

  public InspectSettings {
    names = List.copyOf(names);
    if (names.size() > MOST_NAMES) {
      throw new IllegalArgumentException("more than " + MOST_NAMES + " names");
    }
  }
}
