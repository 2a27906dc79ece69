package dev.sallyport.plugins.totp;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a user's file is written: lines of {@code name=value}, of which all but the first two may be
 * encrypted.
 */
final class FileText {
  private static final String FIRST = "sallyport-totp=1";

  private FileText() {}

  static byte[] of(Enrollee enrollee, Optional<FileKey> key) {
    String inner =
        """
        algorithm=%s
        digits=%d
        secret=%s
        last-step=%d
        recovery-salt=%s
        recovery-hashes=%s
        """
            .formatted(
                enrollee.totp().algorithm(),
                enrollee.totp().digits(),
                enrollee.secret(),
                enrollee.lastStep(),
                enrollee.recoverySalt(),
                String.join(",", enrollee.recoveryHashes()));
    String user = URLEncoder.encode(enrollee.user(), StandardCharsets.UTF_8);
    String body = key.map(one -> "sealed=" + one.seal(enrollee.user(), inner) + "\n").orElse(inner);
    return (FIRST + "\nuser=" + user + "\n" + body).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Whose file it is.
   *
   * @throws IOException when it is none of ours
   */
  static String user(byte[] bytes) throws IOException {
    try {
      return URLDecoder.decode(value(outer(bytes), "user"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is damaged", e);
    }
  }

  /**
   * @throws IOException when it cannot be understood; the message says no secret
   */
  static Enrollee read(byte[] bytes, Optional<FileKey> key) throws IOException {
    Map<String, String> outer = outer(bytes);
    String user = user(bytes);
    try {
      Map<String, String> inner = inner(user, outer, key);
      String hashes = value(inner, "recovery-hashes");
      return new Enrollee(
          user,
          new Totp(
              Algorithm.valueOf(value(inner, "algorithm")),
              Integer.parseInt(value(inner, "digits"))),
          value(inner, "secret"),
          Long.parseLong(value(inner, "last-step")),
          value(inner, "recovery-salt"),
          hashes.isEmpty() ? List.of() : List.of(hashes.split(",", -1)));
    } catch (IllegalArgumentException e) {
      // Without its message, which may be a piece of the secret.
      throw new IOException("it is damaged");
    }
  }

  private static Map<String, String> inner(
      String user, Map<String, String> outer, Optional<FileKey> key) throws IOException {
    String sealed = outer.get("sealed");
    if (key.isPresent()) {
      if (sealed == null) {
        // Whoever can write here could otherwise make a factor of their own without the key.
        throw new IOException("it is not encrypted, and key-file says that it must be");
      }
      return lines(key.get().unseal(user, sealed));
    }
    if (sealed != null) {
      throw new IOException("it is encrypted, and the configuration has no key-file");
    }
    return outer;
  }

  private static Map<String, String> outer(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.startsWith(FIRST + "\n")) {
      throw new IOException("it is not a file of this plugin");
    }
    return lines(text);
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> values = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int equals = line.indexOf('=');
          if (equals > 0) {
            values.put(line.substring(0, equals), line.substring(equals + 1));
          }
        });
    return values;
  }

  private static String value(Map<String, String> values, String name) throws IOException {
    String value = values.get(name);
    if (value == null) {
      throw new IOException("it has no " + name);
    }
    return value;
  }
}
