package dev.sallyport.connection;

import java.nio.file.Path;

/**
 * Where a host key comes from ({@code sallyport.host-keys}). The first key of a type signs key
 * exchanges; all keys are announced to clients (OpenSSH's UpdateHostKeys), so that a new key is
 * known before the old one goes.
 */
public sealed interface HostKeySource {
  /** Made at the first start in {@code <state-dir>/host-keys/}, and kept. */
  record Generated(Type type) implements HostKeySource {}

  /**
   * A file that the operator put there, in OpenSSH's or PEM format without a passphrase; never
   * made.
   */
  record Existing(Path file) implements HostKeySource {}

  /** What can be made. */
  enum Type {
    /** Ed25519 (RFC 8709). */
    ED25519,
    /** RSA with 3072 bits (RFC 8332). */
    RSA,
    /** ECDSA on NIST P-256 (RFC 5656). */
    ECDSA
  }
}
