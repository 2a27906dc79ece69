package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import dev.sallyport.spi.Reporter;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes warnings on to the operator, and keeps those that are reported while a file is loaded, for
 * the caller. For all threads: a plugin may report warnings as long as it is open.
 */
final class HeardWarnings implements Reporter {
  /**
   * Most warnings that are kept, because thousands of users' key files may have errors. The
   * server's log has all of them.
   */
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

  /** The warnings, a line each, escaped. No more are kept from now on. */
  synchronized List<String> end() {
    over = true;
    if (beyond > 0) {
      kept.add("and " + beyond + " more");
    }
    return List.copyOf(kept);
  }
}
