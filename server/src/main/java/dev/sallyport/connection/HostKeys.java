package dev.sallyport.connection;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the host keys, and makes at the first start those that are to be made. */
public final class HostKeys {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** Bits of an RSA host key: as strong as 128-bit ciphers (NIST SP 800-57). */
  private static final int RSA_BITS = 3072;

  /** A key file is a few kilobytes; more is some other file. */
  private static final long LARGEST_FILE = 64 * 1024;

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final List<KeyPair> keys;

  private HostKeys(List<KeyPair> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads all keys.
   *
   * @param directory where made keys are, {@code <state-dir>/host-keys}; made if it is missing
   * @throws IOException when one cannot be read or made, or is open to others; the message says
   *     which and what to do
   */
  public static HostKeys load(List<HostKeySource> sources, Path directory) throws IOException {
    List<KeyPair> keys = new ArrayList<>();
    for (HostKeySource source : sources) {
      keys.add(
          switch (source) {
            case HostKeySource.Existing(Path file) -> read(file);
            case HostKeySource.Generated(HostKeySource.Type type) -> readOrMake(type, directory);
          });
    }
    return new HostKeys(keys);
  }

  /** All keys, those to sign with first. */
  List<KeyPair> all() {
    return keys;
  }

  /** The library's view: the first key of each type. */
  KeyPairProvider provider() {
    Map<String, KeyPair> first = new LinkedHashMap<>();
    keys.forEach(key -> first.putIfAbsent(typeOf(key), key));
    return KeyPairProvider.wrap(first.values());
  }

  static String typeOf(KeyPair key) {
    return KeyUtils.getKeyType(key.getPublic());
  }

  private static KeyPair readOrMake(HostKeySource.Type type, Path directory) throws IOException {
    Path file = directory.resolve("ssh_host_" + type.name().toLowerCase(Locale.ROOT) + "_key");
    if (!Files.exists(file)) {
      make(type, file);
    }
    return read(file);
  }

  private static KeyPair read(Path file) throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (permissions.stream().anyMatch(OTHERS::contains)) {
        throw new IOException(
            "host key %s is open to others (%s): run chmod 600 %s"
                .formatted(file, PosixFilePermissions.toString(permissions), file));
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new IOException("host key " + file + " is too large to be a key");
      }
      try (InputStream in = Files.newInputStream(file)) {
        Iterable<KeyPair> found =
            SecurityUtils.loadKeyPairIdentities(
                null, NamedResource.ofName(file.toString()), in, null);
        if (found != null) {
          for (KeyPair key : found) {
            return key;
          }
        }
      }
      throw new IOException("host key " + file + " holds no private key");
    } catch (NoSuchFileException e) {
      throw new IOException("host key " + file + " does not exist", e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(
          "host key %s cannot be read (%s); it must be a private key without a passphrase"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** Writes beside and moves, so that a crash leaves a whole key or none. */
  private static void make(HostKeySource.Type type, Path file) throws IOException {
    Path directory = file.getParent();
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
      KeyPair key = generate(type);
      try (OutputStream out = Files.newOutputStream(fresh)) {
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "sallyport", null, out);
      }
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      Files.writeString(
          file.resolveSibling(file.getFileName() + ".pub"),
          PublicKeyEntry.toString(key.getPublic()) + " sallyport\n");
      LOG.info("made host key {} {}", file, KeyUtils.getFingerPrint(key.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IOException("host key " + file + " cannot be made: " + e.getMessage(), e);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("host key " + file + " cannot be made: something is in its place", e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static KeyPair generate(HostKeySource.Type type) throws GeneralSecurityException {
    return switch (type) {
      case ED25519 -> KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
      case RSA -> KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, RSA_BITS);
      case ECDSA -> KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    };
  }
}
