package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KernelThreadsTest {
  private static final ThreadFactory REFUSES =
      task ->
          new Thread(task) {
            @Override
            public synchronized void start() {
              throw new OutOfMemoryError("unable to create native thread");
            }
          };

  private final CompletableFuture<Boolean> virtual = new CompletableFuture<>();

  private void run() {
    virtual.complete(Thread.currentThread().isVirtual());
  }

  @Test
  void theKernelWakesThem() throws Exception {
    Thread thread = KernelThreads.start("down-1", this::run);

    assertThat(virtual.get(20, TimeUnit.SECONDS)).isFalse();
    assertThat(thread.getName()).isEqualTo("down-1");
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void whereItGrantsNoMoreAVirtualOneDoesTheWork() throws Exception {
    Semaphore places = new Semaphore(1);
    KernelThreads.start(REFUSES, Thread.ofVirtual().factory(), places, this::run).join();

    assertThat(virtual.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(places.availablePermits()).isOne();
  }

  @Test
  void beyondTheBoundAVirtualOneDoesTheWorkUntilAnotherHasEnded() throws Exception {
    Semaphore places = new Semaphore(1);
    CountDownLatch over = new CountDownLatch(1);
    Thread first = start(places, () -> awaitUninterrupted(over));
    assertThat(first.isVirtual()).isFalse();

    assertThat(start(places, this::run).isVirtual()).isTrue();

    over.countDown();
    first.join();
    assertThat(start(places, this::run).isVirtual()).isFalse();
  }

  private static Thread start(Semaphore places, Runnable task) {
    return KernelThreads.start(
        Thread.ofPlatform().daemon().factory(), Thread.ofVirtual().factory(), places, task);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
