package dev.sallyport.gateway.target;

import dev.sallyport.model.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * The banner that a target sends before the login is decided (RFC 4252, section 5.4; {@code Banner}
 * in sshd_config(5)). It is kept for the user, up to a bound. For all threads.
 */
public final class TargetBanner {
  /** Most characters that are kept of all banners of one login. */
  static final int LONGEST = 8192;

  private final StringBuilder kept = new StringBuilder();
  private boolean cut;

  /** Adds the text of one message. */
  synchronized void add(String text) {
    if (!kept.isEmpty() && kept.charAt(kept.length() - 1) != '\n' && kept.length() < LONGEST) {
      kept.append('\n');
    }
    int room = LONGEST - kept.length();
    kept.append(text, 0, Math.min(room, text.length()));
    cut |= text.length() > room;
  }

  /**
   * Returns the lines, escaped, and forgets them; none when there was no banner, and at later
   * calls.
   */
  public synchronized List<String> take() {
    List<String> lines = new ArrayList<>();
    kept.toString()
        .stripTrailing()
        .lines()
        .forEach(line -> lines.add(SafeText.escapeName(line.replace("\t", "    "), LONGEST)));
    if (cut) {
      lines.add("(the rest of the target's banner is left out)");
    }
    kept.setLength(0);
    kept.trimToSize();
    cut = false;
    return lines;
  }
}
