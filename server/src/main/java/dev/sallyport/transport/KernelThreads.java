package dev.sallyport.transport;

import dev.sallyport.linux.ThreadPriority;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that the kernel wakes, and whose time it slices. Beyond {@link #MOST}, and where it
 * grants no more of them (systemd's TasksMax), a virtual one does the same work, a little slower:
 * what a user has been promised does not end for want of a thread.
 */
public final class KernelThreads {
  /**
   * How many there are at a time. The kernel's own bound (TasksMax) is for the whole process, and
   * whoever logs in needs a thread too: users who open forwards must not take the last.
   */
  static final int MOST = 1024;

  private static final Semaphore PLACES = new Semaphore(MOST);
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /**
   * By how much the nice value of threads that compute for unauthenticated clients is above that of
   * the others: when another thread wants to run it does at once, and while all do these have a
   * tenth of its time (sched(7)).
   */
  public static final int LOW_PRIORITY = 10;

  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private KernelThreads() {}

  /**
   * Has the kernel prefer all other threads to the calling one, which must be a platform thread.
   */
  public static void lowerPriority() {
    try {
      ThreadPriority.lower(LOW_PRIORITY);
    } catch (IOException | RuntimeException e) {
      refused(e);
    }
  }

  /** The bastion works all the same, but a flood of key exchanges slows users down. */
  private static void refused(Exception cause) {
    if (!TOLD.getAndSet(true)) {
      LOG.warn(
          "key exchanges have no low priority, so a flood of them slows users down: {}",
          cause.getMessage());
    }
  }

  /** Starts a daemon. */
  public static Thread start(String name, Runnable task) {
    return start(
        Thread.ofPlatform().daemon().name(name).factory(),
        Thread.ofVirtual().name(name).factory(),
        PLACES,
        task);
  }

  static Thread start(
      ThreadFactory kernels, ThreadFactory otherwise, Semaphore places, Runnable task) {
    if (!places.tryAcquire()) {
      return started(otherwise, task);
    }
    try {
      return started(
          kernels,
          () -> {
            try {
              task.run();
            } finally {
              places.release();
            }
          });
    } catch (OutOfMemoryError noThread) {
      // So the JDK calls it; with a heap that is full the launcher has the JVM exit.
      places.release();
      return started(otherwise, task);
    }
  }

  private static Thread started(ThreadFactory factory, Runnable task) {
    Thread thread = factory.newThread(task);
    thread.start();
    return thread;
  }
}
