package dev.sallyport.plugins.totp;

import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what is kept of users, so that a copy of their files (a backup, a snapshot of the disk)
 * is worth nothing without the key's file, which should lie elsewhere. AES-256-GCM; the user's name
 * is authenticated with it, so that nobody's file can be passed off as another's.
 */
final class FileKey {
  private static final int KEY_BYTES = 32;

  /** A key is of 44 bytes; more is some other file. */
  private static final int LARGEST = 1024;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  private FileKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /**
   * Reads the key: 32 bytes in base64, as {@code openssl rand -base64 32} makes it.
   *
   * @throws IOException when there is none, or others can read it; the message says what to do
   */
  static FileKey read(Path file) throws IOException {
    String text =
        new String(PrivateFiles.readNamed(file, LARGEST), StandardCharsets.US_ASCII).strip();
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not a key: make one with openssl rand -base64 32", e);
    }
    if (bytes.length != KEY_BYTES) {
      throw new IOException(
          "%s is a key of %d bytes, not %d: make one with openssl rand -base64 32"
              .formatted(file, bytes.length, KEY_BYTES));
    }
    return new FileKey(bytes);
  }

  /** In base64: the nonce, and what is encrypted. */
  String seal(String user, String text) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, user).doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has AES-GCM", impossible);
    }
  }

  /**
   * @throws IOException when it was not sealed with this key for this user
   */
  String unseal(String user, String sealed) throws IOException {
    byte[] bytes = Base64.getDecoder().decode(sealed);
    if (bytes.length < NONCE_BYTES) {
      throw new IOException("too short");
    }
    ByteBuffer all = ByteBuffer.wrap(bytes);
    byte[] nonce = new byte[NONCE_BYTES];
    all.get(nonce);
    byte[] rest = new byte[all.remaining()];
    all.get(rest);
    try {
      return new String(
          cipher(Cipher.DECRYPT_MODE, nonce, user).doFinal(rest), StandardCharsets.UTF_8);
    } catch (AEADBadTagException e) {
      throw new IOException("another key made it, or it was changed", e);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has AES-GCM", impossible);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String user) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(user.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
