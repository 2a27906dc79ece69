package dev.sallyport.ssh;

import dev.sallyport.support.files.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Objects;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with a private key: PKCS#1, PKCS#8 or OpenSSH's format. Files that the bastion makes have
 * no passphrase, and their public key is in a file with the suffix {@code .pub}.
 *
 * @param what the kind of key, for messages, such as {@code host key}
 * @param path the file; the operator's links are followed
 */
public record KeyFile(String what, Path path) {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** Largest key file in bytes. A larger file must be some other file. */
  private static final int LARGEST = 64 * 1024;

  /** Generates a key pair. */
  @FunctionalInterface
  public interface Maker {
    /**
     * Generates one.
     *
     * @throws GeneralSecurityException when the machine cannot make such a key
     */
    KeyPair make() throws GeneralSecurityException;
  }

  /**
   * A new Ed25519 key (RFC 8709).
   *
   * @throws GeneralSecurityException when the machine cannot make one
   */
  public static KeyPair ed25519() throws GeneralSecurityException {
    return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
  }

  /**
   * Reads the key. If there is no such file, generates the key first, and creates the directory.
   *
   * @throws IOException when it cannot be read or made, or is open to others; the message says
   *     which and what to do
   */
  public KeyPair readOrMake(Maker maker) throws IOException {
    if (!Files.exists(path)) {
      make(maker);
    }
    return read();
  }

  /**
   * Reads the first key, which must have no passphrase.
   *
   * @throws IOException when it cannot be read, or is open to others; the message says which and
   *     what to do
   */
  public KeyPair read() throws IOException {
    return read(Optional.empty(), "it must be a key without a passphrase");
  }

  /**
   * Reads the first key.
   *
   * @param passphrase never shown
   * @param ifEncrypted advice for a key that has a passphrase when none is given
   * @throws IOException when it cannot be read, or is open to others; the message says which and
   *     what to do
   */
  public KeyPair read(Optional<String> passphrase, String ifEncrypted) throws IOException {
    byte[] bytes = bytes();
    try {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName(path.toString()),
              new ByteArrayInputStream(bytes),
              passphrase.map(FilePasswordProvider::of).orElse(null));
      if (found != null) {
        for (KeyPair key : found) {
          return key;
        }
      }
      throw new IOException("no private key");
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      String why =
          passphrase.isEmpty() && isEncrypted(bytes, e)
              ? "is encrypted: " + ifEncrypted
              : "cannot be read: "
                  + (passphrase.isPresent()
                      ? "the passphrase is wrong, or it is no"
                      : "it must be a")
                  + " private key in PKCS#1, PKCS#8 or OpenSSH's format";
      throw new IOException("%s %s %s".formatted(what, path, why), e);
    }
  }

  private byte[] bytes() throws IOException {
    try {
      return PrivateFiles.readNamed(path, LARGEST);
    } catch (NoSuchFileException e) {
      throw new IOException("%s %s does not exist".formatted(what, path), e);
    } catch (IOException e) {
      throw new IOException("%s %s".formatted(what, e.getMessage()), e);
    }
  }

  /**
   * Whether the key is encrypted. PEM says so in its header; for OpenSSH's format the library finds
   * out.
   */
  private static boolean isEncrypted(byte[] bytes, Exception cause) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String fault = String.valueOf(cause.getMessage());
    return text.contains("ENCRYPTED")
        || fault.contains("password provider")
        || fault.contains("ncrypted");
  }

  private void make(Maker maker) throws IOException {
    try {
      KeyPair key = maker.make();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "sallyport", null, out);
      PrivateFiles.makeFolders(Objects.requireNonNull(path.toAbsolutePath().getParent()));
      PrivateFiles.write(path, out.toByteArray());
      PrivateFiles.write(
          path.resolveSibling(path.getFileName() + ".pub"),
          (PublicKeyEntry.toString(key.getPublic()) + " sallyport\n")
              .getBytes(StandardCharsets.US_ASCII));
      LOG.info("made {} {} {}", what, path, KeyUtils.getFingerPrint(key.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IOException("%s %s cannot be made: %s".formatted(what, path, e.getMessage()), e);
    }
  }
}
