package dev.sallyport.connection;

import java.nio.file.Path;

/**
 * The source of a host key ({@code sallyport.host-keys}). The first key of each type signs key
 * exchanges. All keys are announced to clients (OpenSSH's UpdateHostKeys), so that they know a new
 * key before the old one is removed.
 */
public sealed interface HostKeySource {
  /** A key that is generated in {@code <state-dir>/host-keys/} at the first start. */
  record Generated(Type type) implements HostKeySource {}

  /** A file of the operator's, in OpenSSH's or PEM format without a passphrase; never generated. */
  record Existing(Path file) implements HostKeySource {}

  /** Types of key that can be generated. */
  enum Type {
    /** Ed25519 (RFC 8709). */
    ED25519,
    /** RSA with 3072 bits (RFC 8332). */
    RSA,
    /** ECDSA on NIST P-256 (RFC 5656). */
    ECDSA
  }
}
