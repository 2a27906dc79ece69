package dev.sallyport.connection;

import dev.sallyport.ssh.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** The host keys. Those that do not exist yet are generated at the first start. */
public final class HostKeys {
  private static final String WHAT = "host key";

  /** Bits of an RSA host key: as strong as 128-bit ciphers (NIST SP 800-57). */
  private static final int RSA_BITS = 3072;

  private final List<KeyPair> keys;

  private HostKeys(List<KeyPair> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads all keys.
   *
   * @param directory the folder of generated keys, {@code <state-dir>/host-keys}; created if it is
   *     missing
   * @throws IOException when one cannot be read or made, or is open to others; the message says
   *     which and what to do
   */
  public static HostKeys load(List<HostKeySource> sources, Path directory) throws IOException {
    List<KeyPair> keys = new ArrayList<>();
    for (HostKeySource source : sources) {
      keys.add(
          switch (source) {
            case HostKeySource.Existing(Path file) -> new KeyFile(WHAT, file).read();
            case HostKeySource.Generated(HostKeySource.Type type) -> readOrMake(type, directory);
          });
    }
    return new HostKeys(keys);
  }

  /**
   * Reads a key as {@link #load} does, but generates none.
   *
   * @throws IOException when it exists, but cannot be read or is open to others; the message says
   *     which and what to do
   */
  public static void check(HostKeySource source, Path directory) throws IOException {
    switch (source) {
      case HostKeySource.Existing(Path file) -> {
        KeyPair _ = new KeyFile(WHAT, file).read();
      }
      case HostKeySource.Generated(HostKeySource.Type type) -> {
        Path file = made(type, directory);
        if (Files.exists(file)) {
          KeyPair _ = new KeyFile(WHAT, file).read();
        }
      }
    }
  }

  /** All keys, with those that sign first. */
  List<KeyPair> all() {
    return keys;
  }

  /** The keys for the library: the first of each type. */
  KeyPairProvider provider() {
    Map<String, KeyPair> first = new LinkedHashMap<>();
    keys.forEach(key -> first.putIfAbsent(typeOf(key), key));
    return KeyPairProvider.wrap(first.values());
  }

  static String typeOf(KeyPair key) {
    return KeyUtils.getKeyType(key.getPublic());
  }

  private static KeyPair readOrMake(HostKeySource.Type type, Path directory) throws IOException {
    return new KeyFile(WHAT, made(type, directory)).readOrMake(() -> generate(type));
  }

  private static Path made(HostKeySource.Type type, Path directory) {
    return directory.resolve("ssh_host_" + type.name().toLowerCase(Locale.ROOT) + "_key");
  }

  private static KeyPair generate(HostKeySource.Type type) throws GeneralSecurityException {
    return switch (type) {
      case ED25519 -> KeyFile.ed25519();
      case RSA -> KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, RSA_BITS);
      case ECDSA -> KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    };
  }
}
