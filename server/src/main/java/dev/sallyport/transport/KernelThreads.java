package dev.sallyport.transport;

import dev.sallyport.model.FairShares;
import dev.sallyport.support.linux.ThreadPriority;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that the kernel wakes and preempts. A virtual thread does the same work, a little slower,
 * when the user has as many as that user may have, or when the kernel grants no more (systemd's
 * TasksMax): a forward that was opened does not end for want of a thread.
 */
public final class KernelThreads {
  /**
   * How many users may have together. The kernel's own bound (TasksMax) is for the whole process,
   * and unauthenticated clients need threads too: users who open forwards must not take the last.
   */
  static final int MOST = 1024;

  private static final FairShares PLACES = new FairShares(MOST);
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /**
   * By how much the nice value of threads that compute for unauthenticated clients is above that of
   * the others: when another thread wants to run it does at once, and while all do these have a
   * tenth of its time (sched(7)).
   */
  public static final int LOW_PRIORITY = 10;

  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private KernelThreads() {}

  /** Lowers the priority of the calling thread, which must be a platform thread. */
  public static void lowerPriority() {
    try {
      ThreadPriority.lower(LOW_PRIORITY);
    } catch (IOException | RuntimeException e) {
      refused(e);
    }
  }

  /** Logs it: the bastion works all the same, but a flood of key exchanges slows users down. */
  private static void refused(Exception cause) {
    if (!TOLD.getAndSet(true)) {
      LOG.warn(
          "key exchanges have no low priority, so a flood of them slows users down: {}",
          cause.getMessage());
    }
  }

  /**
   * Starts a daemon.
   *
   * @param user who has the thread, out of the user's share of {@link #MOST}
   */
  public static Thread start(String user, String name, Runnable task) {
    return start(
        Thread.ofPlatform().daemon().name(name).factory(),
        Thread.ofVirtual().name(name).factory(),
        PLACES,
        user,
        task);
  }

  static Thread start(
      ThreadFactory kernels,
      ThreadFactory otherwise,
      FairShares places,
      String user,
      Runnable task) {
    if (!places.take(user, 1)) {
      return started(otherwise, task);
    }
    try {
      return started(
          kernels,
          () -> {
            try {
              task.run();
            } finally {
              places.give(user, 1);
            }
          });
    } catch (OutOfMemoryError noThread) {
      // The JDK throws it also when the kernel grants no thread; when the heap is full, the
      // launcher's options have the JVM exit.
      places.give(user, 1);
      return started(otherwise, task);
    }
  }

  private static Thread started(ThreadFactory factory, Runnable task) {
    Thread thread = factory.newThread(task);
    thread.start();
    return thread;
  }
}
