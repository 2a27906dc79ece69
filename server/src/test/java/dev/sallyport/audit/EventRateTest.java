package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventRateTest {
  private static final long HOUR = 3_600_000_000_000L;

  /** A standing clock: nothing comes due unless a test moves it. */
  private final AtomicLong now = new AtomicLong();

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final EventRate rate = new EventRate(new EventLimit(1, 100), stopping, now::get);

  private static <T> FutureTask<T> onThread(FutureTask<T> task) {
    Thread.ofVirtual().start(task);
    return task;
  }

  @Test
  void aBurstIsDueAtOnce() throws InterruptedException {
    for (int i = 0; i < 50; i++) {
      assertThat(rate.await(2)).isTrue();
    }
    assertThat(rate.owe(0)).isZero();
    assertThat(rate.takeNow(1)).isFalse();
  }

  @Test
  void whoWaitsGoesOnWhenItIsDue() throws InterruptedException {
    EventRate fast = new EventRate(new EventLimit(1000, 16), stopping, System::nanoTime);
    long begin = System.nanoTime();
    for (int i = 0; i < 30; i++) {
      assertThat(fast.await(2)).isTrue();
    }
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo((60 - 16) * 1_000_000L);
  }

  @Test
  void anInterruptEndsTheWaitAndNothingIsPaid() throws Exception {
    rate.owe(100);
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                var _ = rate.await(2);
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
            });
    Condition.await("it waits", () -> rate.owe(0) > 0);

    waiting.interrupt();
    waiting.join();

    assertThat(interrupted).isTrue();
    assertThat(rate.owe(0)).isZero();
  }

  @Test
  void whoseClientHasGoneWaitsNoLongerAndPaysNothing() throws Exception {
    rate.owe(100);
    AtomicBoolean gone = new AtomicBoolean();
    FutureTask<Boolean> waiting = onThread(new FutureTask<>(() -> rate.await(2, gone::get)));
    Condition.await("it waits", () -> rate.owe(0) > 0);

    gone.set(true);

    assertThat(waiting.get()).isFalse();
    assertThat(rate.owe(0)).isZero();
  }

  @Test
  void theStopEndsAllWaitingAndNobodyWaitsAfterIt() throws Exception {
    rate.owe(100);
    FutureTask<Boolean> waiting = onThread(new FutureTask<>(() -> rate.await(2)));
    Condition.await("it waits", () -> rate.owe(0) > 0);

    stopping.countDown();

    assertThat(waiting.get()).isFalse();
    assertThat(rate.await(2)).isFalse();
  }

  @Test
  void whatIsOwedDelaysWhatBeginsLaterAndNeverTheEventItself() {
    assertThat(rate.owe(100)).isZero();
    assertThat(rate.owe(1)).isPositive();
    assertThat(rate.owe(3599)).isEqualTo(HOUR);
    assertThat(rate.takeNow(1)).isFalse();

    now.addAndGet(HOUR);
    assertThat(rate.owe(0)).isZero();
  }

  @Test
  void anInterruptThatCameBeforeIsNotLost() {
    rate.owe(100);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> rate.await(1)).isInstanceOf(InterruptedException.class);
    assertThat(rate.owe(0)).isZero();
  }
}
