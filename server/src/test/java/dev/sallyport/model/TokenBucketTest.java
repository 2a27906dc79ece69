package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);
  private final TokenBucket bucket = bucket(10, 100);

  private TokenBucket bucket(int perSecond, int burst) {
    return new TokenBucket(TokenBucket.Rate.perSecond(perSecond, burst), now.get());
  }

  @Test
  void aBurstWaitsForNothing() {
    assertThat(bucket.borrow(100, now.get())).isZero();
    assertThat(bucket.borrow(0, now.get())).isZero();
  }

  @Test
  void beyondTheBurstEachTokenCostsItsTime() {
    bucket.borrow(100, now.get());

    assertThat(bucket.borrow(1, now.get())).isEqualTo(SECOND / 10);
    assertThat(bucket.borrow(29, now.get())).isEqualTo(3 * SECOND);
    now.addAndGet(2 * SECOND);
    assertThat(bucket.borrow(0, now.get())).isEqualTo(SECOND);
    now.addAndGet(SECOND);
    assertThat(bucket.borrow(0, now.get())).isZero();
  }

  @Test
  void restIsSavedUpToOneBurstAndNoMore() {
    bucket.borrow(100, now.get());
    now.addAndGet(1_000_000 * SECOND);

    assertThat(bucket.borrow(100, now.get())).isZero();
    assertThat(bucket.borrow(1, now.get())).isPositive();
  }

  @Test
  void takesAllOrNone() {
    assertThat(bucket.take(101, now.get())).isFalse();
    assertThat(bucket.take(100, now.get())).isTrue();
    assertThat(bucket.take(1, now.get())).isFalse();
    now.addAndGet(SECOND);
    assertThat(bucket.take(10, now.get())).isTrue();
    assertThat(bucket.take(1, now.get())).isFalse();
  }

  @Test
  void saysHowLongToWaitForTokensThatAreNotThere() {
    assertThat(bucket.takeOrWait(100, now.get())).isZero();
    assertThat(bucket.takeOrWait(5, now.get())).isEqualTo(SECOND / 2);
    assertThat(bucket.takeOrWait(1, now.get())).isEqualTo(SECOND / 10);
    now.addAndGet(SECOND / 2 - 1);
    assertThat(bucket.takeOrWait(5, now.get())).isEqualTo(1);
    now.addAndGet(1);
    assertThat(bucket.takeOrWait(5, now.get())).isZero();
  }

  @Test
  void whatIsGivenBackFillsNoMoreThanTheBucket() {
    bucket.borrow(150, now.get());
    bucket.giveBack(50);
    assertThat(bucket.borrow(0, now.get())).isZero();

    bucket.giveBack(1000);
    assertThat(bucket.borrow(100, now.get())).isZero();
    assertThat(bucket.take(1, now.get())).isFalse();
  }

  @Test
  void anotherRateKeepsTheDebtAndCutsWhatIsSavedUp() {
    bucket.borrow(110, now.get());
    bucket.apply(TokenBucket.Rate.perSecond(1, 1000), now.get());
    assertThat(bucket.borrow(0, now.get())).isEqualTo(10 * SECOND);

    TokenBucket full = bucket(10, 100);
    full.apply(TokenBucket.Rate.perSecond(10, 5), now.get());
    assertThat(full.take(6, now.get())).isFalse();
    assertThat(full.take(5, now.get())).isTrue();
  }

  @Test
  void aRateOfOneADayIsAsExactAsOneOfTenThousandASecond() {
    TokenBucket slow = new TokenBucket(new TokenBucket.Rate(1, 86_400 * SECOND, 1), now.get());
    slow.borrow(1, now.get());
    assertThat(slow.borrow(1, now.get())).isEqualTo(86_400 * SECOND);

    TokenBucket fast = bucket(10_000, 1);
    fast.borrow(1, now.get());
    for (int i = 0; i < 100_000; i++) {
      now.addAndGet(SECOND / 10_000);
      assertThat(fast.take(1, now.get())).isTrue();
      assertThat(fast.take(1, now.get())).isFalse();
    }
  }

  /**
   * Whatever the order of what comes, goes and waits: never more than rate times time and burst.
   */
  @RepeatedTest(20)
  void noMoreIsDueThanTheRateTimesTheTimeAndTheBurst(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    int perSecond = 1 + random.nextInt(100);
    int burst = 1 + random.nextInt(100);
    TokenBucket any = bucket(perSecond, burst);
    long begin = now.get();
    long borrowed = 0;
    for (int i = 0; i < 10_000; i++) {
      int count = 1 + random.nextInt(5);
      if (random.nextInt(4) == 0) {
        borrowed += any.take(count, now.get()) ? count : 0;
      } else {
        long wait = any.borrow(count, now.get());
        borrowed += count;
        if (random.nextInt(8) == 0) {
          any.giveBack(count);
          borrowed -= count;
        } else {
          // At the time when it is due, all that was borrowed before it is due as well.
          double due = burst + (now.get() - begin + wait) / (double) SECOND * perSecond;
          assertThat((double) borrowed).isLessThanOrEqualTo(due + 1e-3);
        }
      }
      now.addAndGet(random.nextLong(2 * SECOND / perSecond));
    }
  }
}
