package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ssh.Patience.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Login grace 60 s, keep-alive 30 s three times, key exchange 60 s. */
final class PatienceTest {
  /** The clock may be anywhere, below zero too. */
  private static final long BEGIN = Long.MIN_VALUE + 5;

  private final Patience patience =
      new Patience(
          new TimeLimits(Duration.ofSeconds(60), Duration.ofSeconds(30), 3, Duration.ofSeconds(60)),
          BEGIN);

  @Test
  void aStrangerHasTheLoginGrace() {
    assertThat(patience.ofStranger(at(60))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofStranger(at(60) + 1)).isEqualTo(new Verdict.End("no login within 60 s"));
  }

  @Test
  void aUserWhoTalksIsLeftAlone() {
    for (int second = 0; second < 1000; second++) {
      assertThat(patience.ofUser(at(second), false, at(second - 29))).isEqualTo(new Verdict.Wait());
    }
  }

  @Test
  void aSilentUserIsAskedOnceAnIntervalAndThenEnded() {
    assertThat(patience.ofUser(at(30), false, BEGIN)).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(31), false, BEGIN)).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(60), false, BEGIN)).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(90), false, BEGIN)).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(119), false, BEGIN)).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(120), false, BEGIN))
        .isEqualTo(new Verdict.End("the client did not answer 3 keep-alives"));
  }

  @Test
  void anAnswerBeginsTheCountAnew() {
    assertThat(patience.ofUser(at(30), false, BEGIN)).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(31), false, at(31))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(61), false, at(31))).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(91), false, at(31))).isEqualTo(new Verdict.Ask());
    assertThat(patience.ofUser(at(121), false, at(31))).isEqualTo(new Verdict.Ask());
  }

  @Test
  void aKeyExchangeThatStallsEndsEvenIfTheClientTalks() {
    assertThat(patience.ofUser(at(10), true, at(10))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(70), true, at(70))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(71), true, at(71)))
        .isEqualTo(new Verdict.End("a key exchange took longer than 60 s"));
  }

  @Test
  void anExchangeThatEndedDoesNotCountForTheNext() {
    assertThat(patience.ofUser(at(10), true, at(10))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(50), false, at(50))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(100), true, at(100))).isEqualTo(new Verdict.Wait());
    assertThat(patience.ofUser(at(159), true, at(159))).isEqualTo(new Verdict.Wait());
  }

  @Test
  void keepAlivesOfZeroAreOff() {
    Patience endless =
        new Patience(
            new TimeLimits(Duration.ofMinutes(1), Duration.ZERO, 3, Duration.ofMinutes(1)), BEGIN);
    assertThat(endless.ofUser(at(100_000), false, BEGIN)).isEqualTo(new Verdict.Wait());
  }

  private static long at(long seconds) {
    return BEGIN + Duration.ofSeconds(seconds).toNanos();
  }
}
