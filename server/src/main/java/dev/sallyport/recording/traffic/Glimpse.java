package dev.sallyport.recording.traffic;

import java.util.Optional;

/**
 * What one side of a forward sent unencrypted about itself. All texts come from the network, and
 * are escaped for logs and terminals.
 */
public sealed interface Glimpse {
  /**
   * An SSH side.
   *
   * @param version its identification, such as {@code SSH-2.0-OpenSSH_9.2p1} (RFC 4253, section
   *     4.2)
   * @param hassh empty when its key exchange proposal is not complete within the first bytes
   */
  record Ssh(String version, Optional<Hassh> hassh) implements Glimpse {}

  /**
   * A TLS client.
   *
   * @param serverName the server name that it asks for (RFC 6066, section 3), which can be forged
   */
  record Tls(Optional<String> serverName) implements Glimpse {}
}
