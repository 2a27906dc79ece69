package dev.sallyport.gateway.target;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * A public key as it is on the wire and, in base64, in files (RFC 4253, section 6.6). Comparing
 * bytes needs no parser, and works for keys that we could not use.
 *
 * @param type such as {@code ssh-ed25519}
 */
record HostKey(String type, byte[] blob) {
  HostKey {
    blob = blob.clone();
  }

  @Override
  public byte[] blob() {
    return blob.clone();
  }

  /** {@code SHA256:…}, as every SSH program shows it. */
  String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** As files have it. */
  String text() {
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  /**
   * Whether the blob says so itself that it is a key of {@code type}: it begins with the type as a
   * string (RFC 4251, section 5).
   */
  static boolean matches(String type, byte[] blob) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    return blob.length > 4 + name.length
        && blob[0] == 0
        && blob[1] == 0
        && ((blob[2] & 0xff) << 8 | (blob[3] & 0xff)) == name.length
        && Arrays.equals(blob, 4, 4 + name.length, name, 0, name.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostKey(String otherType, byte[] otherBlob)
        && type.equals(otherType)
        && Arrays.equals(blob, otherBlob);
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
