package dev.sallyport.transport;

import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

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

  private KernelThreads() {}

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
