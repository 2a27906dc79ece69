package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.FairShares;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
    Thread thread = KernelThreads.start("alice", "down-1", this::run);

    assertThat(virtual.get(20, TimeUnit.SECONDS)).isFalse();
    assertThat(thread.getName()).isEqualTo("down-1");
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void whereItGrantsNoMoreAVirtualOneDoesTheWork() throws Exception {
    FairShares places = new FairShares(4);
    KernelThreads.start(REFUSES, Thread.ofVirtual().factory(), places, "alice", this::run).join();

    assertThat(virtual.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(places.used()).isZero();
  }

  @Test
  void beyondTheShareAVirtualOneDoesTheWorkUntilAnotherHasEnded() throws Exception {
    FairShares places = new FairShares(4);
    CountDownLatch over = new CountDownLatch(1);
    Thread first = start(places, "alice", () -> awaitUninterrupted(over));
    assertThat(first.isVirtual()).isFalse();

    assertThat(start(places, "alice", this::run).isVirtual()).isTrue();

    over.countDown();
    first.join();
    assertThat(start(places, "alice", this::run).isVirtual()).isFalse();
  }

  @Test
  void oneUserCannotTakeThemAll() {
    FairShares places = new FairShares(KernelThreads.MOST);
    CountDownLatch over = new CountDownLatch(1);
    int kernels = 0;
    while (!start(places, "alice", () -> awaitUninterrupted(over)).isVirtual()) {
      kernels++;
    }

    assertThat(kernels).isEqualTo(KernelThreads.MOST / FairShares.PARTS);
    assertThat(start(places, "bob", this::run).isVirtual()).isFalse();
    over.countDown();
  }

  private static Thread start(FairShares places, String user, Runnable task) {
    return KernelThreads.start(
        Thread.ofPlatform().daemon().factory(), Thread.ofVirtual().factory(), places, user, task);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
