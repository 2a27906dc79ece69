package dev.sallyport.plugins.ec2;

import java.time.Duration;

/**
 * When something must be done.
 *
 * @param nanoTime on the clock of {@link System#nanoTime()}
 */
record Deadline(long nanoTime) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** What is left, never negative, and at most {@code most}. */
  Duration left(Duration most) {
    long left = Math.max(0, nanoTime - System.nanoTime());
    return left < most.toNanos() ? Duration.ofNanos(left) : most;
  }

  boolean isOver() {
    return System.nanoTime() - nanoTime >= 0;
  }
}
