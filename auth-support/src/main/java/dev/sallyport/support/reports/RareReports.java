package dev.sallyport.support.reports;

import dev.sallyport.spi.Reporter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells the operator of what happens outside, seldom: each thing again only after a while, few
 * things in that time, and how many were left out. A service that comes and goes or lies, or
 * strangers who choose names that make a program complain, must not fill the log. For faults that
 * stay until somebody mends them there is {@link FaultLog}. Safe for all threads.
 */
public final class RareReports implements Reporter {
  /** Before the same thing is told again. */
  static final Duration QUIET = Duration.ofMinutes(10);

  /** Most things within that time. */
  static final int MOST = 10;

  private final Reporter reporter;
  private final LongSupplier nanoTime;
  private final Map<Fault, Long> told = new HashMap<>();
  private long leftOut;

  /** With nothing told yet. */
  public RareReports(Reporter reporter, LongSupplier nanoTime) {
    this.reporter = reporter;
    this.nanoTime = nanoTime;
  }

  @Override
  public void problem(String where, String what) {
    long before;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      told.values().removeIf(at -> now - at >= QUIET.toNanos());
      if (told.size() >= MOST || told.putIfAbsent(new Fault(where, what), now) != null) {
        leftOut++;
        return;
      }
      before = leftOut;
      leftOut = 0;
    }
    reporter.problem(
        where,
        before == 0 ? what : what + " (and " + before + " such reports before were left out)");
  }
}
