package dev.sallyport.behaviour;

import dev.sallyport.audit.Condition;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Waits until something that counts has stopped to. */
public final class Quiet {
  /** Long enough that a machine under load would have gone on. */
  private static final Duration UNCHANGED = Duration.ofSeconds(1);

  private Quiet() {}

  /** The count, when it has not changed for a while. */
  public static long await(String what, LongSupplier counter) {
    long[] last = {counter.getAsLong()};
    long[] since = {System.nanoTime()};
    Condition.await(
        what + " stops",
        () -> {
          long now = counter.getAsLong();
          if (now != last[0]) {
            last[0] = now;
            since[0] = System.nanoTime();
          }
          return System.nanoTime() - since[0] > UNCHANGED.toNanos();
        });
    return last[0];
  }
}
