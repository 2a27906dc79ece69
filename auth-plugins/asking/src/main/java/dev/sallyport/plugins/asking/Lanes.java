package dev.sallyport.plugins.asking;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two small groups of threads that ask: one for those who were let in before and one for everybody
 * else, so that no crowd of strangers stands before a user. They are platform threads because what
 * they wait in (the resolver, the start of a process) would hold on to a virtual thread's carrier,
 * of which a small machine has one.
 */
final class Lanes implements AutoCloseable {
  /** Questions at once in each lane: bounds the load on the source, and our threads. */
  static final int WIDTH = 4;

  /** Most questions that wait in a lane: bounds what a flood of logins can pile up. */
  static final int MOST_WAITING = 256;

  private static final int IDLE_SECONDS = 30;

  private final ThreadPoolExecutor known;
  private final ThreadPoolExecutor strangers;

  Lanes(String name) {
    known = lane(name + "-known-");
    strangers = lane(name + "-strangers-");
  }

  private static ThreadPoolExecutor lane(String name) {
    ThreadPoolExecutor lane =
        new ThreadPoolExecutor(
            WIDTH,
            WIDTH,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name(name, 0).factory());
    lane.allowCoreThreadTimeOut(true);
    return lane;
  }

  Executor known() {
    return known;
  }

  Executor strangers() {
    return strangers;
  }

  @Override
  public void close() {
    known.shutdownNow();
    strangers.shutdownNow();
  }
}
