package dev.sallyport.lab;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions of the world outside, which can only be asked. */
final class Until {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Until() {}

  /** Waits up to two minutes for the condition. */
  static void holds(String what, BooleanSupplier condition) {
    present(what, () -> condition.getAsBoolean() ? Optional.of(what) : Optional.empty());
  }

  /** Waits up to two minutes for the value. */
  static <T> T present(String what, Supplier<Optional<T>> value) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> found = value.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
