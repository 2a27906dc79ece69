package dev.sallyport.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** A public key, or a certificate, as it came over the wire (RFC 4253, section 6.6). Immutable. */
public final class OfferedKey {
  /**
   * Names of algorithms are printable ASCII of at most 64 characters (RFC 4251, section 6). Held
   * here, so that a type can stand in a log line.
   */
  private static final int LONGEST_NAME = 64;

  private final byte[] blob;
  private final String type;

  /**
   * @param blob the key's wire encoding, which begins with its type
   * @throws IllegalArgumentException when it does not begin with a name (RFC 4251, section 6)
   */
  public OfferedKey(byte[] blob) {
    this.blob = blob.clone();
    this.type = readType(this.blob);
  }

  private static String readType(byte[] blob) {
    if (blob.length < Integer.BYTES) {
      throw new IllegalArgumentException("key of " + blob.length + " bytes");
    }
    int length = ByteBuffer.wrap(blob).getInt();
    if (length < 1 || length > LONGEST_NAME || length > blob.length - Integer.BYTES) {
      throw new IllegalArgumentException("key without a type");
    }
    for (int i = Integer.BYTES; i < Integer.BYTES + length; i++) {
      if (blob[i] <= ' ' || blob[i] > '~') {
        throw new IllegalArgumentException("key whose type is no name");
      }
    }
    return new String(blob, Integer.BYTES, length, StandardCharsets.US_ASCII);
  }

  /**
   * The type the blob names, such as {@code ssh-ed25519} or {@code ssh-rsa-cert-v01@openssh.com}.
   */
  public String type() {
    return type;
  }

  /** A copy of the wire encoding. */
  public byte[] blob() {
    return blob.clone();
  }

  /**
   * The fingerprint as {@code ssh-keygen -l} prints it: {@code SHA256:} and unpadded base64. For a
   * certificate it is that of the whole certificate, where ssh-keygen prints the key's within.
   */
  public String fingerprint() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OfferedKey key && MessageDigest.isEqual(blob, key.blob);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blob);
  }

  @Override
  public String toString() {
    return type + " " + fingerprint();
  }
}
