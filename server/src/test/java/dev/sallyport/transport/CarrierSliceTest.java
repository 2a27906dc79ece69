package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A reading thread lets others run as soon as it has had its slice. */
class CarrierSliceTest {
  private final AtomicInteger yields = new AtomicInteger();
  private final CarrierSlice slice = new CarrierSlice(yields::incrementAndGet);

  @Test
  void manySmallMessagesAreASliceTogether() {
    for (int i = 0; i < 1000; i++) {
      slice.used(CarrierSlice.LONGEST_NANOS / 100);
    }
    assertThat(yields).hasValue(10);
  }

  @Test
  void oneLongMessageIsASliceOfItsOwn() {
    slice.used(10 * CarrierSlice.LONGEST_NANOS);
    slice.used(1);
    assertThat(yields).hasValue(1);
  }

  /** Such as one that waits for its socket, for a timeout, or for a key exchange. */
  @Test
  void aThreadThatIsWokenByAPlatformThreadRunsBesideThreadsThatNeverPause() {
    CompletableFuture<Void> woken = new CompletableFuture<>();
    AtomicBoolean hasRun = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              woken.join();
              hasRun.set(true);
            });
    Condition.await("it waits", () -> waiting.getState() == Thread.State.WAITING);
    try {
      AtomicInteger running = new AtomicInteger();
      int many = 4 * Runtime.getRuntime().availableProcessors();
      for (int i = 0; i < many; i++) {
        Thread.ofVirtual()
            .start(() -> {
              running.incrementAndGet();
              neverPause(over);
            });
      }
      Condition.await("all run", () -> running.get() == many);

      woken.complete(null);

      Condition.await("it runs", hasRun::get);
    } finally {
      over.set(true);
    }
  }

  private static void neverPause(AtomicBoolean over) {
    CarrierSlice slice = new CarrierSlice();
    while (!over.get()) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < CarrierSlice.LONGEST_NANOS) {
        Thread.onSpinWait();
      }
      slice.used(CarrierSlice.LONGEST_NANOS);
    }
  }
}
