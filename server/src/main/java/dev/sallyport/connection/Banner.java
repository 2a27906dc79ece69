package dev.sallyport.connection;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The banner that every client is shown before the login (RFC 4252, section 5.4; sshd's {@code
 * Banner}).
 *
 * @param file the file it was read from; empty when there is no banner
 * @param text with CR LF as line ends; empty when there is no banner
 */
public record Banner(Optional<Path> file, String text) {
  /** No banner. */
  public static final Banner NONE = new Banner(Optional.empty(), "");

  /** Whether there is a banner. */
  public boolean isShown() {
    return !text.isEmpty();
  }
}
