package dev.sallyport.ssh;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Checks public keys before the library parses them. The library computes with a key as soon as it
 * parses it: a packet with a DSA key of ten thousand bytes keeps a processor busy for minutes, one
 * with an RSA key whose exponent is as long as its modulus for seconds. So only types that the
 * bastion supports are parsed, and RSA only within OpenSSL's bounds, also for the authority's key
 * in a certificate.
 */
public final class PublicKeyBounds {
  /** OPENSSL_RSA_MAX_MODULUS_BITS. Verification takes 3 ms with this length. */
  static final int LONGEST_MODULUS = 16_384;

  /**
   * OPENSSL_RSA_MAX_PUBEXP_BITS, which OpenSSL demands of long moduli only. Longer exponents are
   * not in use.
   */
  static final int LONGEST_EXPONENT = 64;

  /**
   * The number of strings that follow the type in a plain key. A certificate has the nonce before
   * them.
   */
  private static final Map<String, Integer> FIELDS =
      Map.of(
          "ssh-ed25519", 1,
          "ecdsa-sha2-nistp256", 2,
          "ecdsa-sha2-nistp384", 2,
          "ecdsa-sha2-nistp521", 2,
          "sk-ssh-ed25519@openssh.com", 2,
          "sk-ecdsa-sha2-nistp256@openssh.com", 3,
          "ssh-rsa", 2);

  private static final String CERTIFICATE = "-cert-v01@openssh.com";

  static {
    // The library tests whether a modulus is composite, which takes 2 s for a long one. A prime one
    // harms only its owner.
    System.setProperty("org.bouncycastle.rsa.max_mr_tests", "0");
  }

  private PublicKeyBounds() {}

  /**
   * Checks a key before the library parses it. Takes time linear in its size.
   *
   * @param key in its wire encoding (RFC 4253, section 6.6; OpenSSH's PROTOCOL.certkeys)
   * @throws SshException when its type is not supported, or it costs too much
   */
  public static void check(byte[] key) throws SshException {
    String reason = "a public key that cannot be read";
    try {
      reason = fault(new ByteArrayBuffer(key)).orElse("");
    } catch (BufferException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // The key is truncated.
    }
    if (!reason.isEmpty()) {
      throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, reason);
    }
  }

  private static Optional<String> fault(Buffer key) {
    String type = key.getString();
    boolean certified = type.endsWith(CERTIFICATE);
    String plain = certified ? plain(type) : type;
    if (!FIELDS.containsKey(plain)) {
      return Optional.of("a public key of a type that the bastion does not speak");
    }
    if (certified) {
      key.getBytes(); // the nonce
    }
    Optional<String> fault = plain.equals("ssh-rsa") ? rsa(key) : skip(key, FIELDS.get(plain));
    return fault.isPresent() || !certified ? fault : authority(key);
  }

  private static String plain(String certified) {
    String name = certified.substring(0, certified.length() - CERTIFICATE.length());
    return name.startsWith("sk-") ? name + "@openssh.com" : name;
  }

  private static Optional<String> rsa(Buffer key) {
    BigInteger exponent = key.getMPInt();
    BigInteger modulus = key.getMPInt();
    return exponent.bitLength() > LONGEST_EXPONENT || modulus.bitLength() > LONGEST_MODULUS
        ? Optional.of("an RSA key that is too costly")
        : Optional.empty();
  }

  private static Optional<String> skip(Buffer key, int strings) {
    for (int i = 0; i < strings; i++) {
      key.getBytes();
    }
    return Optional.empty();
  }

  private static Optional<String> authority(Buffer certificate) {
    certificate.getLong(); // the serial number
    certificate.getUInt(); // a user's or a host's
    skip(certificate, 2); // the key id, the principals
    certificate.getLong(); // valid after
    certificate.getLong(); // valid before
    skip(certificate, 3); // critical options, extensions, reserved
    Buffer authority = new ByteArrayBuffer(certificate.getBytes());
    String type = new ByteArrayBuffer(authority.array()).getString();
    return type.endsWith(CERTIFICATE)
        ? Optional.of("a certificate that is signed by a certificate")
        : fault(authority);
  }
}
