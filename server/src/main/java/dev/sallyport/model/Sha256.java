package dev.sallyport.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

/** SHA-256 in lower-case hexadecimal. */
public final class Sha256 {
  private Sha256() {}

  /** A digest of nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** A digest of the same bytes, to which others can be added. */
  public static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("the JDK's own SHA-256 can be copied", impossible);
    }
  }

  /** Finishes the digest, and resets it. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  public static String of(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return hex(digest);
  }

  /**
   * Hashes the rest of a buffer.
   *
   * @param bytes the remaining bytes are hashed; the position does not change
   */
  public static String of(ByteBuffer bytes) {
    MessageDigest digest = digest();
    digest.update(bytes.duplicate());
    return hex(digest);
  }

  /** Reads the whole file. */
  public static String of(Path file) throws IOException {
    return of(file, () -> false);
  }

  /**
   * Reads the whole file, unless the bastion stops meanwhile.
   *
   * @param isStopping asked for each 64 KiB; must not wait
   * @throws InterruptedIOException when it returned true
   */
  public static String of(Path file, BooleanSupplier isStopping) throws IOException {
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
