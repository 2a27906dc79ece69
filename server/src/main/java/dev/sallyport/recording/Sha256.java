package dev.sallyport.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

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

  /** Another that has seen the same. */
  static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("the JDK's own SHA-256 can be copied", impossible);
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
    return of(file, () -> false);
  }

  /**
   * @param isStopping whether to give up
   * @throws InterruptedIOException when it was given up
   */
  static String of(Path file, BooleanSupplier isStopping) throws IOException {
    MessageDigest digest = digest();
    byte[] some = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        if (isStopping.getAsBoolean()) {
          throw new InterruptedIOException("the bastion is stopping");
        }
        digest.update(some, 0, count);
      }
    }
    return hex(digest);
  }
}
