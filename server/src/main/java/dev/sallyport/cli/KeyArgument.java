package dev.sallyport.cli;

import dev.sallyport.spi.OfferedKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the public key or certificate that an operator names. */
final class KeyArgument {
  /** More than any key or certificate has (64 KiB), in base64. */
  private static final int LARGEST = 128 * 1024;

  /** How private keys begin: of OpenSSH and PKCS (RFC 7468), and of PuTTY. */
  private static final Pattern PRIVATE =
      Pattern.compile(
          "\\s*(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File-).*", Pattern.DOTALL);

  private KeyArgument() {}

  /**
   * Reads the key of {@code file}; of a private key, that of the public part beside it.
   *
   * @throws IOException when there is no such file, or not exactly one key in it; the message says
   *     what to do, and has nothing of the file's content
   */
  static OfferedKey read(Path file) throws IOException {
    String text = text(file);
    if (!PRIVATE.matcher(text).matches()) {
      return only(file, text);
    }
    Path publicPart = beside(file, ".pub");
    if (!Files.exists(publicPart)) {
      throw new IOException(
          "%s is a private key, and %s is not there; make it: ssh-keygen -y -f %s > %s"
              .formatted(file, publicPart, file, publicPart));
    }
    return only(publicPart, text(publicPart));
  }

  /**
   * The certificate that {@code ssh} offers before the key of {@code file}, if one is beside it.
   */
  static Optional<Path> certificateBeside(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.pub$", "");
    Path certificate = file.resolveSibling(name + "-cert.pub");
    return Files.exists(certificate) ? Optional.of(certificate) : Optional.empty();
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + " does not exist");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(file + " is too large for a public key");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static OfferedKey only(Path file, String text) throws IOException {
    List<OfferedKey> keys = text.lines().flatMap(line -> key(line).stream()).toList();
    if (keys.isEmpty()) {
      throw new IOException(
          file + " has no public key in OpenSSH's format: a line such as ssh-ed25519 AAAA…");
    }
    if (keys.size() > 1) {
      throw new IOException(file + " has " + keys.size() + " keys: name a file with one");
    }
    return keys.getFirst();
  }

  /** A type and the key in base64, wherever they are in the line: options may be before them. */
  private static Optional<OfferedKey> key(String line) {
    String[] words = line.strip().split("[ \t]+");
    if (line.strip().startsWith("#")) {
      return Optional.empty();
    }
    for (int i = 0; i + 1 < words.length; i++) {
      try {
        OfferedKey key = new OfferedKey(Base64.getDecoder().decode(words[i + 1]));
        if (key.type().equals(words[i])) {
          return Optional.of(key);
        }
      } catch (IllegalArgumentException other) {
        // An option or a comment.
      }
    }
    return Optional.empty();
  }
}
