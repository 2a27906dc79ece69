package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.Reporter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells the operator each thing once, and again only when it still is so after a while: a service
 * that comes and goes, or lies, must not fill the log. Safe for all threads.
 */
final class Problems {
  /** Before the same thing is told again. */
  static final Duration QUIET = Duration.ofMinutes(10);

  /** Most things within that time; more is a service that lies in many ways. */
  private static final int MOST = 50;

  private final Reporter reporter;
  private final String where;
  private final LongSupplier nanoTime;
  private final Map<String, Long> told = new HashMap<>();

  Problems(Reporter reporter, String where, LongSupplier nanoTime) {
    this.reporter = reporter;
    this.where = where;
    this.nanoTime = nanoTime;
  }

  void tell(String what) {
    if (isNews(what)) {
      reporter.problem(where, what);
    }
  }

  private synchronized boolean isNews(String what) {
    long now = nanoTime.getAsLong();
    told.values().removeIf(at -> now - at >= QUIET.toNanos());
    return told.size() < MOST && told.putIfAbsent(what, now) == null;
  }
}
