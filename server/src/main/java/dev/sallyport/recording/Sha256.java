package dev.sallyport.recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as lower-case hexadecimal. */
final class Sha256 {
  private Sha256() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** Ends the digest. */
  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return hex(digest);
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] some = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        digest.update(some, 0, count);
      }
    }
    return hex(digest);
  }
}
