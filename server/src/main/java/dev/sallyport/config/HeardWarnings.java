package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import dev.sallyport.spi.Reporter;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes on what the operator is told, and keeps what is said while a file is read, for whoever
 * waits for the answer. For all threads: a plugin may go on telling as long as it is open.
 */
final class HeardWarnings implements Reporter {
  /** A thousand users' key files may each be wrong; the rest is in the server's log. */
  static final int MOST = 100;

  private static final int SHOWN = 1000;

  private final Reporter operator;
  private final List<String> kept = new ArrayList<>();
  private int beyond;
  private boolean over;

  HeardWarnings(Reporter operator) {
    this.operator = operator;
  }

  @Override
  public void problem(String where, String what) {
    operator.problem(where, what);
    keep(where, what);
  }

  private synchronized void keep(String where, String what) {
    if (over) {
      return;
    }
    if (kept.size() < MOST) {
      kept.add(SafeText.escape(where, SHOWN) + ": " + SafeText.escape(what, SHOWN));
    } else {
      beyond++;
    }
  }

  /** What was said, a line each, escaped; no more is kept from now on. */
  synchronized List<String> end() {
    over = true;
    if (beyond > 0) {
      kept.add("and " + beyond + " more");
    }
    return List.copyOf(kept);
  }
}
