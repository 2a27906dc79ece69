package dev.sallyport.gateway.target;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** A file with a private key: PKCS#1, PKCS#8 or OpenSSH's format. */
final class KeyFile {
  /** A key file is a few kilobytes; more is some other file. */
  private static final long LARGEST = 64 * 1024;

  private KeyFile() {}

  /**
   * Reads the first key.
   *
   * @param what what the key is, for messages: {@code credential web}
   * @param passphrase never shown
   * @throws IOException when it cannot be read, or is open to others; the message says what to do
   */
  static KeyPair read(String what, Path file, Optional<String> passphrase) throws IOException {
    byte[] bytes = bytes(what, file);
    try {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName(file.toString()),
              new ByteArrayInputStream(bytes),
              passphrase.map(FilePasswordProvider::of).orElse(null));
      if (found != null) {
        for (KeyPair key : found) {
          return key;
        }
      }
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw unreadable(what, file, bytes, passphrase.isPresent(), e);
    }
    throw unreadable(what, file, bytes, passphrase.isPresent(), new IOException("no private key"));
  }

  private static byte[] bytes(String what, Path file) throws IOException {
    try {
      SafeFile.checkPrivate(what, file);
      if (Files.size(file) > LARGEST) {
        throw new IOException(what + ": " + file + " is too large to be a key");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException(what + ": " + file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(
          what + ": this user may not read " + file + ": give it to the server's user", e);
    }
  }

  private static IOException unreadable(
      String what, Path file, byte[] bytes, boolean unlocked, Exception cause) {
    if (!unlocked && isEncrypted(bytes, cause)) {
      return new IOException(
          what
              + ": "
              + file
              + " is encrypted: say where its passphrase is, with passphrase-file or"
              + " passphrase-env",
          cause);
    }
    return new IOException(
        what
            + ": "
            + file
            + " cannot be read"
            + (unlocked ? ": the passphrase is wrong, or it is no" : ": it must be a")
            + " private key in PKCS#1, PKCS#8 or OpenSSH's format",
        cause);
  }

  /** PEM says so in its head; OpenSSH's format deeper inside, where the library looks. */
  private static boolean isEncrypted(byte[] bytes, Exception cause) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String fault = String.valueOf(cause.getMessage());
    return text.contains("ENCRYPTED")
        || fault.contains("password provider")
        || fault.contains("ncrypted");
  }

  /**
   * Reads an Ed25519 key, and makes it if it is missing, with the public half beside it.
   *
   * @throws IOException when it cannot be read or made, or is open to others
   */
  static KeyPair readOrMake(String what, Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createDirectories(
          SafeFile.folder(file),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "sallyport", null, out);
        SafeFile.write(file, out.toByteArray());
        SafeFile.write(
            file.resolveSibling(file.getFileName() + ".pub"),
            (PublicKeyEntry.toString(key.getPublic()) + " sallyport\n")
                .getBytes(StandardCharsets.US_ASCII));
      } catch (GeneralSecurityException e) {
        throw new IOException(what + " " + file + " cannot be made: " + e.getMessage(), e);
      }
    }
    return read(what, file, Optional.empty());
  }
}
