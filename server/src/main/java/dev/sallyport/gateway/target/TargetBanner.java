package dev.sallyport.gateway.target;

import dev.sallyport.model.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * What a target shows to who logs in, before the login is decided (RFC 4252, section 5.4; {@code
 * Banner} of sshd_config(5)): kept for the user, within a bound. For all threads.
 */
public final class TargetBanner {
  /** Characters of all banners of one login that are kept. */
  static final int LONGEST = 8192;

  private final StringBuilder kept = new StringBuilder();
  private boolean cut;

  /** Takes the text of one message. */
  synchronized void add(String text) {
    if (!kept.isEmpty() && kept.charAt(kept.length() - 1) != '\n' && kept.length() < LONGEST) {
      kept.append('\n');
    }
    int room = LONGEST - kept.length();
    kept.append(text, 0, Math.min(room, text.length()));
    cut |= text.length() > room;
  }

  /**
   * Gives it away: lines, fit to be shown; none when there was no banner, or at the second call.
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
