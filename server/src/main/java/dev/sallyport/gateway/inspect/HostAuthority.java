package dev.sallyport.gateway.inspect;

import dev.sallyport.ssh.KeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/**
 * The bastion's host CA, and the host key that it signs. There is one host key for all targets, so
 * that a client that does not know the CA sees the same key each time. Clients trust the CA by a
 * line in known_hosts. Safe for all threads.
 */
public final class HostAuthority {
  /**
   * How far before now a certificate's validity begins, for clients whose clock is behind. An early
   * start is harmless, because no other certificate of this connection exists.
   */
  private static final Duration SLACK = Duration.ofHours(1);

  /**
   * How long a certificate is valid, with allowance for clients whose clock is ahead. It is checked
   * when a connection begins, so sessions may last longer.
   */
  private static final Duration LIFE = Duration.ofHours(12);

  private final KeyPair authority;
  private final KeyPair key;
  private final SecureRandom random = new SecureRandom();

  private HostAuthority(KeyPair authority, KeyPair key) {
    this.authority = authority;
    this.key = key;
  }

  /** The file of the CA's private key, {@code <state-dir>/host-ca}. */
  public static Path file(Path stateDir) {
    return stateDir.resolve("host-ca");
  }

  /**
   * Reads the CA and the host key, and makes those that are missing.
   *
   * @throws IOException when one cannot be read or made; the message says which and what to do
   */
  public static HostAuthority load(Path stateDir) throws IOException {
    KeyPair authority = new KeyFile("host CA", file(stateDir)).readOrMake(KeyFile::ed25519);
    Path inner = stateDir.resolve("host-keys").resolve("inner_ed25519_key");
    return new HostAuthority(
        authority, new KeyFile("inner host key", inner).readOrMake(KeyFile::ed25519));
  }

  /**
   * Reads the CA, which must be there.
   *
   * @throws IOException when it cannot be read; the message says what to do
   */
  public static void check(Path stateDir) throws IOException {
    KeyPair _ = new KeyFile("host CA", file(stateDir)).read();
  }

  /**
   * The line that makes clients trust the CA (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
   *
   * @param hosts the pattern list of hosts that the line covers
   */
  public String knownHostsLine(String hosts) {
    return "@cert-authority "
        + hosts
        + " "
        + PublicKeyEntry.toString(authority.getPublic())
        + " sallyport-host-ca";
  }

  KeyPair key() {
    return key;
  }

  /**
   * A fresh certificate of the host key (OpenSSH's PROTOCOL.certkeys).
   *
   * @param names for exactly these hosts; at least one
   * @param id the key id, as the client's and the bastion's logs show it
   * @throws IOException when it cannot be signed
   */
  OpenSshCertificate certificate(Collection<String> names, String id, Instant now)
      throws IOException {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a certificate without names is one for every host");
    }
    try {
      return OpenSshCertificateBuilder.hostCertificate()
          .publicKey(key.getPublic())
          .serial(random.nextLong(Long.MAX_VALUE))
          .id(id)
          .principals(names)
          .validAfter(now.minus(SLACK))
          .validBefore(now.plus(LIFE))
          .sign(authority, KeyPairProvider.SSH_ED25519);
    } catch (Exception e) {
      throw new IOException("the host CA cannot sign: " + e.getMessage(), e);
    }
  }
}
