package dev.sallyport.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the kernel threads that carry virtual threads at the process's own priority.
 *
 * <p>A new kernel thread has the nice value of the thread that starts it (sched(7)). The JDK starts
 * a carrier when a virtual thread becomes runnable and there are fewer carriers than the scheduler
 * may have; the thread that made it runnable starts it. It ends carriers that had nothing to do for
 * half a minute. Threads of low priority ({@link KernelThreads#lowerPriority}) make virtual threads
 * runnable all the time: they unlock, answer and start them. The users' traffic would then be
 * carried at low priority, and no process without privileges can raise it again. So all carriers
 * are started before the first thread of low priority is, and none is left without work for so
 * long.
 */
public final class CarrierThreads {
  /** The JDK ends a carrier after 30 s. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  /** How long a start waits for carriers that other virtual threads keep busy. */
  private static final Duration BUSY = Duration.ofSeconds(5);

  private static boolean started;

  private CarrierThreads() {}

  /**
   * Starts all carriers, once in the life of the process, and keeps them. Must be called on a
   * platform thread, before any thread has low priority. Waits until they run.
   */
  public static synchronized void startAll() {
    if (started) {
      return;
    }
    started = true;
    int carriers =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    CountDownLatch running = new CountDownLatch(carriers);
    long deadline = System.nanoTime() + BUSY.toNanos();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < carriers; i++) {
      all.add(Thread.ofVirtual().name("starts-carrier").start(() -> hold(running, deadline)));
    }
    for (Thread one : all) {
      join(one);
    }
    Thread.ofVirtual().name("keeps-carriers").start(CarrierThreads::beat);
  }

  /** Spins, and so occupies its carrier, until there is a carrier for each of the others. */
  private static void hold(CountDownLatch running, long deadline) {
    running.countDown();
    while (running.getCount() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private static void beat() {
    try {
      while (true) {
        Thread.sleep(BEAT);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts it", e);
    }
  }

  private static void join(Thread one) {
    try {
      one.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
