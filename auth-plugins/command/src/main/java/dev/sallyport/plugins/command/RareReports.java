package dev.sallyport.plugins.command;

import dev.sallyport.spi.Reporter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells the operator at most one thing a minute, and how many were left out: what the program says
 * or complains of may depend on names that strangers choose. Safe for all threads.
 */
final class RareReports implements Reporter {
  private static final Duration BETWEEN = Duration.ofMinutes(1);

  private final Reporter reporter;
  private final LongSupplier nanoTime;
  private long next;
  private long leftOut;

  RareReports(Reporter reporter, LongSupplier nanoTime) {
    this.reporter = reporter;
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  @Override
  public void problem(String where, String what) {
    long before;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - next < 0) {
        leftOut++;
        return;
      }
      next = now + BETWEEN.toNanos();
      before = leftOut;
      leftOut = 0;
    }
    reporter.problem(
        where,
        before == 0 ? what : what + " (and " + before + " such reports before were left out)");
  }
}
