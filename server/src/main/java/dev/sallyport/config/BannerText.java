package dev.sallyport.config;

import dev.sallyport.connection.Banner;
import dev.sallyport.model.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code auth.banner}: the path of a file, which is read with the configuration, or {@code none}.
 */
final class BannerText {
  /** Longest banner, in bytes: it has to fit into one packet (RFC 4253, section 6.1). */
  static final int LONGEST = 16 * 1024;

  private static final String NONE = "none";

  private BannerText() {}

  static Parsed<Banner> read(String text) {
    if (text.equals(NONE)) {
      return new Parsed.Valid<>(Banner.NONE);
    }
    return switch (Paths.absolute(text)) {
      case Parsed.Malformed<Path> malformed -> malformed.as();
      case Parsed.Valid<Path>(Path file) -> read(file);
    };
  }

  private static Parsed<Banner> read(Path file) {
    byte[] bytes;
    try {
      // Reading a pipe could wait for ever.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return new Parsed.Malformed<>("is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LONGEST + 1);
      }
    } catch (NoSuchFileException e) {
      return new Parsed.Malformed<>("does not exist");
    } catch (AccessDeniedException e) {
      return new Parsed.Malformed<>("cannot be read by this user");
    } catch (IOException e) {
      return new Parsed.Malformed<>("cannot be read: " + e.getClass().getSimpleName());
    }
    if (bytes.length > LONGEST) {
      return new Parsed.Malformed<>("is longer than " + LONGEST + " bytes");
    }
    return shown(file, bytes);
  }

  private static Parsed<Banner> shown(Path file, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new Parsed.Malformed<>("is not UTF-8");
    }
    int line = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line++;
      } else if (Character.isISOControl(c) && c != '\t' && c != '\r') {
        return new Parsed.Malformed<>(
            "has a control character in line " + line + ", which clients do not show");
      }
    }
    return new Parsed.Valid<>(new Banner(Optional.of(file), text.replaceAll("\r*\n", "\r\n")));
  }

  static String print(Banner banner) {
    return banner.file().map(Path::toString).orElse(NONE);
  }
}
