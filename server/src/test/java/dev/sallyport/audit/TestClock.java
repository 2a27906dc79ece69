package dev.sallyport.audit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * A clock that stands where it is set, and can hold whoever asks it: the log's writer asks before
 * each batch, so a held clock is a disk that takes its time.
 */
final class TestClock implements InstantSource {
  private final Semaphore gate = new Semaphore(1);
  private volatile Instant now;

  TestClock(String now) {
    this.now = Instant.parse(now);
  }

  void set(String instant) {
    now = Instant.parse(instant);
  }

  void hold() {
    gate.acquireUninterruptibly();
  }

  /** Whether somebody is held. */
  boolean isHolding() {
    return gate.hasQueuedThreads();
  }

  void release() {
    gate.release();
  }

  @Override
  public Instant instant() {
    gate.acquireUninterruptibly();
    gate.release();
    return now;
  }
}
