package dev.sallyport.recording.traffic;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The fingerprint of an SSH implementation by its proposal of algorithms (HASSH, as specified at
 * github.com/salesforce/hassh). It is not secret and easily forged.
 *
 * @param fingerprint MD5 of the algorithms, lower-case hexadecimal
 * @param algorithms key exchange, encryption, authentication and compression, joined with
 *     semicolons; printable ASCII
 */
public record Hassh(String fingerprint, String algorithms) {
  /** Uses MD5, as the specification demands; it has no security purpose here. */
  static Hassh of(String kex, String encryption, String authentication, String compression) {
    String algorithms = String.join(";", kex, encryption, authentication, compression);
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(algorithms.getBytes(StandardCharsets.US_ASCII));
      return new Hassh(HexFormat.of().formatHex(digest), algorithms);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
