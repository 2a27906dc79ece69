package dev.sallyport.gateway.outbound;

import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A public key in its wire encoding, which files have in base64 (RFC 4253, section 6.6). Comparing
 * keys in this form needs no parser, and works for types that the bastion does not support.
 *
 * @param type such as {@code ssh-ed25519}
 * @param base64 of the whole key, its type included
 */
record HostKey(String type, String base64) {
  static HostKey of(String type, byte[] blob) {
    return new HostKey(type, Base64.getEncoder().encodeToString(blob));
  }

  /** Reads the two words of a file's line. The encoded key must be of the type that precedes it. */
  static Parsed<HostKey> parse(String type, String base64) {
    try {
      byte[] blob = Base64.getDecoder().decode(base64);
      return beginsWith(blob, type)
          ? new Parsed.Valid<>(of(type, blob))
          : new Parsed.Malformed<>("has a key that is not of the type before it");
    } catch (IllegalArgumentException notBase64) {
      return new Parsed.Malformed<>("has a key that is not base64");
    }
  }

  /**
   * Whether a blob begins with that string: its length in four bytes, and then its bytes (RFC 4251,
   * section 5).
   */
  private static boolean beginsWith(byte[] blob, String type) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    return blob.length > 4 + name.length
        && blob[0] == 0
        && blob[1] == 0
        && ((blob[2] & 0xff) << 8 | (blob[3] & 0xff)) == name.length
        && Arrays.equals(blob, 4, 4 + name.length, name, 0, name.length);
  }

  /** The fingerprint as OpenSSH shows it, {@code SHA256:…}. */
  String fingerprint() {
    byte[] hash = Sha256.digest().digest(Base64.getDecoder().decode(base64));
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
  }

  /** The two words of a file's line. */
  String text() {
    return type + " " + base64;
  }

  @Override
  public String toString() {
    return type + " " + fingerprint();
  }
}
