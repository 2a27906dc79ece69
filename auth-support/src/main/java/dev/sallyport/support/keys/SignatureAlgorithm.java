package dev.sallyport.support.keys;

import dev.sallyport.spi.OfferedKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an authority may sign with: OpenSSH's default of {@code CASignatureAlgorithms}. There is no
 * {@code ssh-rsa} here, which hashes with SHA-1, so no configuration can bring it back.
 */
public enum SignatureAlgorithm {
  /** RFC 8709, section 6. */
  ED25519("ssh-ed25519", KeyType.ED25519, "Ed25519"),
  /** RFC 5656, section 3.1.2. */
  ECDSA_256("ecdsa-sha2-nistp256", KeyType.ECDSA_256, "SHA256withECDSAinP1363Format"),
  /** RFC 5656, section 3.1.2. */
  ECDSA_384("ecdsa-sha2-nistp384", KeyType.ECDSA_384, "SHA384withECDSAinP1363Format"),
  /** RFC 5656, section 3.1.2. */
  ECDSA_521("ecdsa-sha2-nistp521", KeyType.ECDSA_521, "SHA512withECDSAinP1363Format"),
  /** OpenSSH's PROTOCOL.u2f. */
  SK_ED25519("sk-ssh-ed25519@openssh.com", KeyType.SK_ED25519, "Ed25519"),
  /** OpenSSH's PROTOCOL.u2f. */
  SK_ECDSA_256(
      "sk-ecdsa-sha2-nistp256@openssh.com", KeyType.SK_ECDSA_256, "SHA256withECDSAinP1363Format"),
  /** RFC 8332, section 3. */
  RSA_512("rsa-sha2-512", KeyType.RSA, "SHA512withRSA"),
  /** RFC 8332, section 3. */
  RSA_256("rsa-sha2-256", KeyType.RSA, "SHA256withRSA");

  private final String wireName;
  private final KeyType keyType;
  private final String javaName;

  SignatureAlgorithm(String wireName, KeyType keyType, String javaName) {
    this.wireName = wireName;
    this.keyType = keyType;
    this.javaName = javaName;
  }

  /** Whether a signature holds. */
  sealed interface Check {}

  /** It does. */
  record Holds() implements Check {}

  /**
   * It does not.
   *
   * @param why a sentence without its beginning, such as {@code is signed with …}
   */
  record Fails(String why) implements Check {}

  /** The name in configurations and on the wire. */
  public String wireName() {
    return wireName;
  }

  /** The algorithm of that name. */
  public static Optional<SignatureAlgorithm> of(String wireName) {
    return Arrays.stream(values()).filter(one -> one.wireName.equals(wireName)).findFirst();
  }

  /** All names, best first. */
  public static List<String> names() {
    return Stream.of(values()).map(SignatureAlgorithm::wireName).toList();
  }

  /**
   * Verifies a signature in its wire encoding (RFC 4253, section 6.6).
   *
   * @param key of whom it is said to be; its numbers are believed, so it must be one that somebody
   *     trusts
   * @param allowed what it may be made with
   */
  static Check verify(
      OfferedKey key, byte[] signed, byte[] signature, Set<SignatureAlgorithm> allowed) {
    try {
      WireReader reader = new WireReader(signature);
      String name = reader.text();
      Optional<SignatureAlgorithm> algorithm = of(name).filter(allowed::contains);
      if (algorithm.isEmpty()) {
        return new Fails(
            (name.equals("ssh-rsa")
                    ? "is signed with ssh-rsa, which hashes with SHA-1"
                    : "is signed with an algorithm that is not allowed")
                + "; allowed are "
                + allowed.stream()
                    .sorted()
                    .map(SignatureAlgorithm::wireName)
                    .collect(Collectors.joining(", ")));
      }
      return algorithm.get().verify(key, signed, reader);
    } catch (MalformedKeyException e) {
      return new Fails("has a signature that cannot be read: " + e.what());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return new Fails("has a signature that does not hold");
    }
  }

  private Check verify(OfferedKey key, byte[] signed, WireReader reader)
      throws MalformedKeyException, GeneralSecurityException {
    if (!key.type().equals(keyType.wireName())) {
      return new Fails("is signed with an algorithm that is not one of its authority's key");
    }
    if (KeyBlob.judge(keyType, key.type(), key.blob()) instanceof KeyBlob.Weak(String reason)) {
      return new Fails("is signed by an authority that is too weak: " + reason);
    }
    PublicKey authority = JavaKeys.publicKey(keyType, key.blob());
    byte[] raw = raw(reader.string());
    byte[] message = signed;
    if (keyType.isFido()) {
      message = attested(key, signed, reader.uint8(), reader.uint32());
    }
    reader.end();
    Signature verifier = Signature.getInstance(javaName);
    verifier.initVerify(authority);
    verifier.update(message);
    return verifier.verify(raw(authority, raw))
        ? new Holds()
        : new Fails("has a signature that does not hold");
  }

  /** ECDSA's two numbers are within a string here, and side by side at equal length in Java. */
  private byte[] raw(byte[] blob) throws MalformedKeyException {
    int length =
        switch (keyType) {
          case ECDSA_256, SK_ECDSA_256 -> 32;
          case ECDSA_384 -> 48;
          case ECDSA_521 -> 66;
          case RSA, ED25519, SK_ED25519 -> 0;
        };
    if (length == 0) {
      return blob;
    }
    WireReader numbers = new WireReader(blob);
    byte[] both = new byte[2 * length];
    put(numbers.mpint(), both, 0, length);
    put(numbers.mpint(), both, length, length);
    numbers.end();
    return both;
  }

  /** RSA signatures may come without the zeros that they begin with; Java wants them. */
  private static byte[] raw(PublicKey key, byte[] signature) {
    if (!(key instanceof java.security.interfaces.RSAPublicKey rsa)) {
      return signature;
    }
    int length = (rsa.getModulus().bitLength() + Byte.SIZE - 1) / Byte.SIZE;
    if (signature.length >= length) {
      return signature;
    }
    byte[] padded = new byte[length];
    System.arraycopy(signature, 0, padded, length - signature.length, signature.length);
    return padded;
  }

  private static void put(BigInteger number, byte[] into, int at, int length)
      throws MalformedKeyException {
    byte[] bytes = number.toByteArray();
    int zeros = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    if (bytes.length - zeros > length) {
      throw new MalformedKeyException("its numbers are too large");
    }
    System.arraycopy(
        bytes, zeros, into, at + length - (bytes.length - zeros), bytes.length - zeros);
  }

  /** What a FIDO authenticator signs in the place of the message (PROTOCOL.u2f). */
  private static byte[] attested(OfferedKey key, byte[] signed, int flags, long counter)
      throws MalformedKeyException, GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(sha256.digest(JavaKeys.application(key.blob())));
    out.write(flags);
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt((int) counter).array());
    out.writeBytes(sha256.digest(signed));
    return out.toByteArray();
  }
}
