package dev.sallyport.transport;

import java.util.concurrent.ThreadFactory;

/**
 * Threads that the kernel wakes, and whose time it slices. Where it grants no more of them
 * (systemd's TasksMax) a virtual one does the same work, a little slower: what a user has been
 * promised does not end for want of a thread.
 */
public final class KernelThreads {
  private KernelThreads() {}

  /** Starts a daemon. */
  public static Thread start(String name, Runnable task) {
    return start(
        Thread.ofPlatform().daemon().name(name).factory(),
        Thread.ofVirtual().name(name).factory(),
        task);
  }

  static Thread start(ThreadFactory kernels, ThreadFactory otherwise, Runnable task) {
    try {
      return started(kernels, task);
    } catch (OutOfMemoryError noThread) {
      // So the JDK calls it; with a heap that is full the launcher has the JVM exit.
      return started(otherwise, task);
    }
  }

  private static Thread started(ThreadFactory factory, Runnable task) {
    Thread thread = factory.newThread(task);
    thread.start();
    return thread;
  }
}
