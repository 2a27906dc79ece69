package dev.sallyport.plugins.asking;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two small groups of threads that ask: one for those who were let in before and one for everybody
 * else, so that no crowd of strangers stands before a user. They are platform threads because the
 * start of a process holds on to a virtual thread's carrier, of which a small machine has one. (For
 * the resolver of names JDK 25 takes another carrier while it waits.)
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
    this(threads(name + "-known-"), threads(name + "-strangers-"));
  }

  /** With threads of these. */
  Lanes(ThreadFactory known, ThreadFactory strangers) {
    this.known = lane(known);
    this.strangers = lane(strangers);
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  private static ThreadPoolExecutor lane(ThreadFactory threads) {
    ThreadPoolExecutor lane =
        new ThreadPoolExecutor(
            WIDTH,
            WIDTH,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            threads);
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
