package dev.sallyport.ssh;

import java.util.List;

/**
 * Every algorithm that Sallyport supports, best first. SHA-1 and CBC are not among them, so no
 * configuration can enable them.
 */
public final class AlgorithmCatalog {
  /** Post-quantum hybrids first, then elliptic curves, then a finite field for old clients. */
  public static final List<String> KEY_EXCHANGES =
      List.of(
          "mlkem768x25519-sha256",
          "sntrup761x25519-sha512",
          "sntrup761x25519-sha512@openssh.com",
          "curve25519-sha256",
          "curve25519-sha256@libssh.org",
          "diffie-hellman-group16-sha512");

  /**
   * Without the finite field: an exchange with it takes 58 ms of processor time, one with a curve
   * about 1 ms, and every client since OpenSSH 6.5 supports the curve.
   */
  private static final List<String> DEFAULT_KEY_EXCHANGES =
      KEY_EXCHANGES.stream().filter(name -> !name.startsWith("diffie-hellman-")).toList();

  /** AES-GCM first, because of hardware support. */
  public static final List<String> CIPHERS =
      List.of(
          "aes128-gcm@openssh.com",
          "aes256-gcm@openssh.com",
          "chacha20-poly1305@openssh.com",
          "aes256-ctr",
          "aes192-ctr",
          "aes128-ctr");

  /**
   * Encrypt-then-MAC first. Encrypt-and-MAC (RFC 6668) comes last, as in OpenSSH's sshd: libssh2
   * 1.10 (curl and git on Debian 12) and Bitvise support nothing else for ciphers without a MAC of
   * their own.
   */
  public static final List<String> MACS =
      List.of(
          "hmac-sha2-256-etm@openssh.com",
          "hmac-sha2-512-etm@openssh.com",
          "hmac-sha2-256",
          "hmac-sha2-512");

  /**
   * Certificates of FIDO keys, which the library does not support: the bastion verifies them
   * itself.
   */
  public static final List<String> FIDO_CERTIFICATES =
      List.of("sk-ssh-ed25519-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com");

  /** Signature algorithms for users; certificates first, as in clients. */
  public static final List<String> PUBLIC_KEYS =
      List.of(
          "ssh-ed25519-cert-v01@openssh.com",
          "sk-ssh-ed25519-cert-v01@openssh.com",
          "ecdsa-sha2-nistp256-cert-v01@openssh.com",
          "ecdsa-sha2-nistp384-cert-v01@openssh.com",
          "ecdsa-sha2-nistp521-cert-v01@openssh.com",
          "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
          "rsa-sha2-512-cert-v01@openssh.com",
          "rsa-sha2-256-cert-v01@openssh.com",
          "ssh-ed25519",
          "sk-ssh-ed25519@openssh.com",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "sk-ecdsa-sha2-nistp256@openssh.com",
          "rsa-sha2-512",
          "rsa-sha2-256");

  /** Signature algorithms for host keys. */
  public static final List<String> HOST_KEYS =
      List.of(
          "ssh-ed25519",
          "rsa-sha2-512",
          "rsa-sha2-256",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521");

  /** The algorithms offered by default. */
  public static final Algorithms DEFAULT =
      new Algorithms(DEFAULT_KEY_EXCHANGES, CIPHERS, MACS, PUBLIC_KEYS, HOST_KEYS);

  private AlgorithmCatalog() {}
}
