package dev.sallyport.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** A public key, or a certificate, as it came over the wire (RFC 4253, section 6.6). Immutable. */
public final class OfferedKey {
  /** RFC 4251, section 6. */
  private static final int LONGEST_NAME = 64;

  /**
   * Names of algorithms as they are in the field. RFC 4251, section 6, takes any printable ASCII
   * but commas; but a stranger chooses this one, and plugins and log lines repeat it, so it is
   * never an option of a program, a path, or anything that a shell or a query takes for more.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9@._+-]*");

  private final byte[] blob;
  private final String type;

  /**
   * @param blob the key's wire encoding, which begins with its type
   * @throws IllegalArgumentException when it does not begin with a name of an algorithm: 1 to 64
   *     letters, digits, {@code @}, {@code .}, {@code _}, {@code +} and {@code -}, a letter or a
   *     digit first
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
    String name = new String(blob, Integer.BYTES, length, StandardCharsets.US_ASCII);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("key whose type is no name of an algorithm");
    }
    return name;
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
