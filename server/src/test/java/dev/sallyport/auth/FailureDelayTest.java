package dev.sallyport.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FailureDelayTest {
  private static final long MILLIS = 1_000_000;

  private final FailureDelay delay = new FailureDelay();

  @Test
  void waitsFromFiveToTenMillisecondsInAll() {
    for (int i = 0; i < 100; i++) {
      assertThat(delay.nanosToWait("user" + i, 0, 0)).isBetween(5 * MILLIS, 10 * MILLIS);
    }
  }

  @Test
  void answersAtTheSameTimeHoweverLongTheAttemptTookBefore() {
    long quick = delay.nanosToWait("alice", 0, 1000);
    long slow = delay.nanosToWait("alice", 0, 4 * MILLIS);
    assertThat(quick + 1000).isEqualTo(slow + 4 * MILLIS);
  }

  @Test
  void doublesForAnAttemptThatTookLonger() {
    long least = delay.nanosToWait("alice", 0, 0);
    assertThat(delay.nanosToWait("alice", 0, least + 1)).isEqualTo(least - 1);
    assertThat(delay.nanosToWait("alice", 0, 3 * least)).isEqualTo(least);
  }

  @Test
  void isTheSameForAUserAndDiffersBetweenUsers() {
    assertThat(delay.nanosToWait("alice", 0, 0)).isEqualTo(delay.nanosToWait("alice", 7, 7));
    assertThat(
            java.util.stream.IntStream.range(0, 50)
                .mapToLong(i -> delay.nanosToWait("u" + i, 0, 0))
                .distinct()
                .count())
        .isGreaterThan(40);
  }
}
