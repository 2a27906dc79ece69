package dev.sallyport.connection;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What every client is shown before it logs in (RFC 4252, section 5.4; sshd's {@code Banner}).
 *
 * @param file where it came from; none when there is no banner
 * @param text with CR LF as line ends; empty when there is no banner
 */
public record Banner(Optional<Path> file, String text) {
  /** No banner. */
  public static final Banner NONE = new Banner(Optional.empty(), "");

  /** Whether clients are shown anything. */
  public boolean isShown() {
    return !text.isEmpty();
  }
}
