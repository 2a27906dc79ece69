package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something to become true. */
public final class Condition {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Condition() {}

  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail("not within %s: %s", LIMIT, what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
