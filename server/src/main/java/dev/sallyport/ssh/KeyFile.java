package dev.sallyport.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private key of the bastion's own: a file without a passphrase, its public half beside it with
 * {@code .pub}.
 *
 * @param what it is called in messages, such as {@code host key}
 * @param path where it is
 */
public record KeyFile(String what, Path path) {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** A key file is a few kilobytes; more is some other file. */
  private static final long LARGEST_FILE = 64 * 1024;

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  /** Makes a key pair. */
  @FunctionalInterface
  public interface Maker {
    /**
     * Makes one.
     *
     * @throws GeneralSecurityException when the machine cannot make such a key
     */
    KeyPair make() throws GeneralSecurityException;
  }

  /**
   * Reads the key; makes it before if there is no such file, and its directory too.
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
   * Reads the key.
   *
   * @throws IOException when it cannot be read, or is open to others; the message says which and
   *     what to do
   */
  public KeyPair read() throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.stream().anyMatch(OTHERS::contains)) {
        throw new IOException(
            "%s %s is open to others (%s): run chmod 600 %s"
                .formatted(what, path, PosixFilePermissions.toString(permissions), path));
      }
      if (Files.size(path) > LARGEST_FILE) {
        throw new IOException("%s %s is too large to be a key".formatted(what, path));
      }
      try (InputStream in = Files.newInputStream(path)) {
        Iterable<KeyPair> found =
            SecurityUtils.loadKeyPairIdentities(
                null, NamedResource.ofName(path.toString()), in, null);
        if (found != null) {
          for (KeyPair key : found) {
            return key;
          }
        }
      }
      throw new IOException("%s %s holds no private key".formatted(what, path));
    } catch (NoSuchFileException e) {
      throw new IOException("%s %s does not exist".formatted(what, path), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(
          "%s %s cannot be read (%s); it must be a private key without a passphrase"
              .formatted(what, path, e.getMessage()),
          e);
    }
  }

  /** Writes beside and moves, so that a crash leaves a whole key or none. */
  private void make(Maker maker) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path fresh =
        Files.createTempFile(
            directory,
            ".new-",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      KeyPair key = maker.make();
      try (OutputStream out = Files.newOutputStream(fresh)) {
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "sallyport", null, out);
      }
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      Files.writeString(
          path.resolveSibling(path.getFileName() + ".pub"),
          PublicKeyEntry.toString(key.getPublic()) + " sallyport\n");
      LOG.info("made {} {} {}", what, path, KeyUtils.getFingerPrint(key.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IOException("%s %s cannot be made: %s".formatted(what, path, e.getMessage()), e);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "%s %s cannot be made: something is in its place".formatted(what, path), e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
