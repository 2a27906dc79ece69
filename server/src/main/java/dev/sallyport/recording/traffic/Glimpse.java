package dev.sallyport.recording.traffic;

import java.util.Optional;

/**
 * What one side of a forward said in the clear. All texts come from the network; they are escaped
 * already, so that they are fit for a log and a terminal.
 */
public sealed interface Glimpse {
  /**
   * An SSH side.
   *
   * @param version its identification, such as {@code SSH-2.0-OpenSSH_9.2p1} (RFC 4253, section
   *     4.2)
   * @param hassh none when its key exchange proposal did not come whole within the first bytes
   */
  record Ssh(String version, Optional<Hassh> hassh) implements Glimpse {}

  /**
   * A TLS client.
   *
   * @param serverName the name that it asks for (RFC 6066, section 3): its claim
   */
  record Tls(Optional<String> serverName) implements Glimpse {}
}
