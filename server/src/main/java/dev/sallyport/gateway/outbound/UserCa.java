package dev.sallyport.gateway.outbound;

import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Terms;
import dev.sallyport.ssh.KeyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/**
 * The bastion's certificate authority for users ({@code <state-dir>/user-ca}). Targets that trust
 * its key accept the logins that it certifies (sshd_config(5), TrustedUserCAKeys; OpenSSH's
 * PROTOCOL.certkeys).
 */
public final class UserCa {
  /** How far a target's clock may be behind the bastion's. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  /** Longest user name in a key id, in characters. Targets write key ids to their logs. */
  private static final int USER_SHOWN = 200;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair key;

  private UserCa(KeyPair key) {
    this.key = key;
  }

  /**
   * Reads the key, and makes it if it is missing.
   *
   * @throws IOException when it cannot be read or made; the message says what to do
   */
  public static UserCa readOrMake(Path stateDir) throws IOException {
    return new UserCa(new KeyFile("user CA", file(stateDir)).readOrMake(KeyFile::ed25519));
  }

  /** Whether the key exists already. */
  public static boolean exists(Path stateDir) {
    return Files.exists(file(stateDir));
  }

  private static Path file(Path stateDir) {
    return stateDir.resolve("user-ca");
  }

  /** The public key as a line for the file that TrustedUserCAKeys names. */
  public String publicLine() {
    return PublicKeyEntry.toString(key.getPublic()) + " sallyport-user-ca";
  }

  /**
   * What a certificate is for.
   *
   * @param user the bastion's user, who is named in the target's log
   * @param login the only account that it is valid for
   * @param source the bastion's own address, the only one that it may be used from
   */
  record Purpose(
      String user,
      ConnectionId connection,
      String login,
      InetAddress source,
      Set<Terms.Inner> inner) {}

  /**
   * A fresh key with a certificate.
   *
   * @param life from {@code now} on
   * @throws Exception when the library cannot make or sign one
   */
  KeyPair issue(Purpose purpose, Duration life, Instant now) throws Exception {
    KeyPair fresh = KeyFile.ed25519();
    OpenSshCertificate certificate =
        OpenSshCertificateBuilder.userCertificate()
            .publicKey(fresh.getPublic())
            .serial(RANDOM.nextLong() & Long.MAX_VALUE)
            .id("user=" + plain(purpose.user()) + " connection=" + purpose.connection())
            .principals(List.of(purpose.login()))
            .validAfter(now.minus(SLACK))
            .validBefore(now.plus(life))
            .criticalOptions(Map.of("source-address", network(purpose.source())))
            .extensions(extensions(purpose.inner()))
            .sign(key);
    return new KeyPair(certificate, fresh.getPrivate());
  }

  /** The extensions in lexical order, as PROTOCOL.certkeys demands. */
  private static Map<String, String> extensions(Set<Terms.Inner> inner) {
    Map<String, String> extensions = new TreeMap<>();
    extensions.put("permit-pty", "");
    for (Terms.Inner allowed : inner) {
      extensions.put(
          switch (allowed) {
            case FORWARD -> "permit-port-forwarding";
            case AGENT -> "permit-agent-forwarding";
          },
          "");
    }
    return extensions;
  }

  private static String network(InetAddress address) {
    return IpText.format(address) + "/" + 8 * IpText.unmapped(address).getAddress().length;
  }

  /**
   * Percent-encodes a name (RFC 3986, section 2.1), so that it cannot be taken for another field of
   * the key id, and cannot control the terminal of a person who reads the target's log.
   */
  private static String plain(String user) {
    StringBuilder plain = new StringBuilder();
    String shown = user.substring(0, Math.min(user.length(), USER_SHOWN));
    for (byte b : shown.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && (Character.isLetterOrDigit(b) || "._@+-".indexOf(b) >= 0)) {
        plain.append((char) b);
      } else {
        plain.append(String.format("%%%02x", b));
      }
    }
    return plain.toString();
  }
}
