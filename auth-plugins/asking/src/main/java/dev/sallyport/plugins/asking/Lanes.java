package dev.sallyport.plugins.asking;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two small groups of threads that ask: one for users who were let in before and one for everybody
 * else, so that users need not wait behind a crowd of unauthenticated clients. They are platform
 * threads because a virtual thread that starts a process blocks its carrier, of which a small
 * machine has one. (The JDK takes another carrier while a virtual thread resolves a name.)
 *
 * <p>All threads are started at once and kept. A new kernel thread inherits the nice value of the
 * thread that starts it (sched(7)). If the first question started them, that would be a thread of
 * low priority, which serves an unauthenticated client; they and the programs that they start would
 * have that priority for ever, and users' logins would be slow during a flood.
 */
final class Lanes implements AutoCloseable {
  /** Questions at once in each lane: bounds the load on the source, and our threads. */
  static final int WIDTH = 4;

  /** Most questions that wait in a lane: bounds what a flood of logins can pile up. */
  static final int MOST_WAITING = 256;

  private final ThreadPoolExecutor known;
  private final ThreadPoolExecutor strangers;

  Lanes(String name) {
    this(threads(name + "-known-"), threads(name + "-strangers-"));
  }

  /** With threads of these factories, which are called here. */
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
            WIDTH, WIDTH, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), threads);
    try {
      lane.prestartAllCoreThreads();
    } catch (OutOfMemoryError noThread) {
      // The JDK throws it also when the kernel grants no thread. Questions start what is missing.
    }
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
