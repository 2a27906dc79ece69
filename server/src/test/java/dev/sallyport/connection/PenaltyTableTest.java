package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.connection.PenaltySettings.Overflow;
import dev.sallyport.connection.PenaltyTable.Consequence;
import dev.sallyport.connection.PenaltyTable.Standing;
import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PenaltyTableTest {
  private static final SourceNetwork MALLORY = source(1);
  private static final SourceNetwork ALICE = source(2);

  private final PenaltyTable table = new PenaltyTable(PenaltySettings.DEFAULT, 10);

  private static SourceNetwork source(int last) {
    return SourceNetwork.of(InetAddress.ofLiteral("203.0.113." + last));
  }

  private static long seconds(double seconds) {
    return (long) (seconds * 1e9);
  }

  private static PenaltySettings settings(Overflow overflow) {
    PenaltySettings standard = PenaltySettings.DEFAULT;
    return new PenaltySettings(
        true,
        standard.authenticationFailed(),
        standard.noAuthentication(),
        Duration.ofSeconds(16),
        Duration.ZERO,
        Duration.ofSeconds(40),
        standard.min(),
        1,
        1,
        overflow,
        List.of());
  }

  @Test
  void isOffByNothingUntilThePenaltyIsMoreThanTheMinimum() {
    for (int i = 0; i < 3; i++) {
      assertThat(table.penalise(MALLORY, Misconduct.AUTHENTICATION_FAILED, 0))
          .isEqualTo(new Consequence.None());
    }
    assertThat(table.standing(MALLORY, 0)).isEqualTo(new Standing.Free());
    assertThat(table.penalise(MALLORY, Misconduct.AUTHENTICATION_FAILED, 0))
        .isEqualTo(new Consequence.Enforced(seconds(20)));
    assertThat(table.standing(MALLORY, 0))
        .isEqualTo(new Standing.Penalised(Misconduct.AUTHENTICATION_FAILED));
    assertThat(table.standing(ALICE, 0)).isEqualTo(new Standing.Free());
  }

  @Test
  void forgetsWhatDoesNotAddUp() {
    for (int i = 0; i < 100; i++) {
      table.penalise(MALLORY, Misconduct.AUTHENTICATION_FAILED, seconds(5.1 * i));
      assertThat(table.standing(MALLORY, seconds(5.1 * i))).isEqualTo(new Standing.Free());
    }
    assertThat(table.takeEnded(seconds(1000))).isEmpty();
    assertThat(table.size()).isZero();
  }

  @Test
  void enforcesUntilTheTimeIsOverEvenBelowTheMinimumAndSaysSoOnce() {
    for (int i = 0; i < 4; i++) {
      table.penalise(MALLORY, Misconduct.AUTHENTICATION_FAILED, 0);
    }
    assertThat(table.standing(MALLORY, seconds(20)))
        .isEqualTo(new Standing.Penalised(Misconduct.AUTHENTICATION_FAILED));
    assertThat(table.takeEnded(seconds(20))).isEmpty();
    assertThat(table.standing(MALLORY, seconds(20) + 1)).isEqualTo(new Standing.Free());
    assertThat(table.takeEnded(seconds(21)))
        .containsExactly(new PenaltyTable.Ended(MALLORY, 1, PenaltyTable.End.SERVED));
    assertThat(table.takeEnded(seconds(21))).isEmpty();
  }

  @Test
  void neverLastsLongerThanTheMaximum() {
    for (int i = 0; i < 1000; i++) {
      table.penalise(MALLORY, Misconduct.GRACE_EXCEEDED, 0);
    }
    assertThat(table.standing(MALLORY, seconds(600)))
        .isEqualTo(new Standing.Penalised(Misconduct.GRACE_EXCEEDED));
    assertThat(table.standing(MALLORY, seconds(600) + 1)).isEqualTo(new Standing.Free());
  }

  @Test
  void aPermissiveTableForgetsWhatIsOverSoonest() {
    PenaltyTable small = new PenaltyTable(settings(Overflow.PERMISSIVE), 2);
    small.penalise(source(1), Misconduct.GRACE_EXCEEDED, 0);
    small.penalise(source(2), Misconduct.GRACE_EXCEEDED, seconds(1));
    small.penalise(source(3), Misconduct.GRACE_EXCEEDED, seconds(2));
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.standing(source(1), seconds(3))).isEqualTo(new Standing.Free());
    assertThat(small.standing(source(3), seconds(3))).isInstanceOf(Standing.Penalised.class);
    assertThat(small.takeEnded(seconds(3)))
        .containsExactly(new PenaltyTable.Ended(source(1), 0, PenaltyTable.End.FORGOTTEN));
  }

  @Test
  void aTableThatDeniesAllDoesSoWhileItIsFull() {
    PenaltyTable small = new PenaltyTable(settings(Overflow.DENY_ALL), 2);
    small.penalise(source(1), Misconduct.NO_AUTHENTICATION, 0);
    assertThat(small.standing(ALICE, 0)).isEqualTo(new Standing.Free());
    small.penalise(source(3), Misconduct.GRACE_EXCEEDED, 0);
    assertThat(small.standing(ALICE, 0)).isEqualTo(new Standing.TableFull());
    assertThat(small.penalise(source(4), Misconduct.GRACE_EXCEEDED, 0))
        .isEqualTo(new Consequence.None());
    assertThat(small.standing(ALICE, seconds(1.1))).isEqualTo(new Standing.Free());
  }

  /** The same with lists that are searched from end to end. */
  private static final class Model {
    private final PenaltySettings settings;
    private final int most;
    private final Map<SourceNetwork, long[]> expiryAndEnforced = new HashMap<>();
    private final List<SourceNetwork> ended = new ArrayList<>();

    Model(PenaltySettings settings, int most) {
      this.settings = settings;
      this.most = most;
    }

    private long[] of(SourceNetwork source) {
      return expiryAndEnforced.getOrDefault(source, new long[] {Long.MAX_VALUE, 0});
    }

    private void expire(long now) {
      for (SourceNetwork source : List.copyOf(expiryAndEnforced.keySet())) {
        if (of(source)[0] < now) {
          remove(source);
        }
      }
    }

    private void remove(SourceNetwork source) {
      boolean enforced = of(source)[1] == 1;
      expiryAndEnforced.remove(source);
      if (enforced) {
        ended.add(source);
      }
    }

    boolean isFull() {
      return settings.overflow() == Overflow.DENY_ALL && expiryAndEnforced.size() >= most;
    }

    boolean isFree(SourceNetwork source, long now) {
      expire(now);
      return !isFull() && (of(source)[1] == 0);
    }

    void penalise(SourceNetwork source, Misconduct misconduct, long now) {
      expire(now);
      long penalty = settings.durationOf(misconduct).toNanos();
      if (penalty == 0 || isFull()) {
        return;
      }
      long[] entry = expiryAndEnforced.computeIfAbsent(source, fresh -> new long[] {now, 0});
      entry[0] = Math.min(entry[0] + penalty, now + settings.max().toNanos());
      if (entry[0] - now > settings.min().toNanos()) {
        entry[1] = 1;
      }
      if (expiryAndEnforced.size() > most) {
        remove(
            expiryAndEnforced.entrySet().stream()
                .min(
                    Comparator.<Map.Entry<SourceNetwork, long[]>>comparingLong(
                            one -> one.getValue()[0])
                        .thenComparingLong(one -> one.getKey().bits()))
                .orElseThrow()
                .getKey());
      }
    }
  }

  @Test
  void doesWhatTheSimplestTableWouldDo() {
    Fuzz.run(
        2_000,
        (fuzz, round) -> {
          PenaltySettings settings = settings(fuzz.pick(List.of(Overflow.values())));
          int most = 1 + fuzz.below(6);
          PenaltyTable real = new PenaltyTable(settings, most);
          Model model = new Model(settings, most);
          List<SourceNetwork> ended = new ArrayList<>();
          long now = 0;
          for (int step = 0; step < 100; step++) {
            now += seconds(fuzz.below(30) / 10.0);
            SourceNetwork source = source(fuzz.below(10));
            if (fuzz.below(3) == 0) {
              assertThat(real.standing(source, now) instanceof Standing.Free)
                  .as("step %d", step)
                  .isEqualTo(model.isFree(source, now));
            } else {
              Misconduct misconduct = fuzz.pick(List.of(Misconduct.values()));
              boolean free = model.isFree(source, now);
              boolean full = model.isFull();
              Consequence consequence = real.penalise(source, misconduct, now);
              model.penalise(source, misconduct, now);
              assertThat(consequence instanceof Consequence.Enforced)
                  .as("step %d", step)
                  .isEqualTo(free && !full && model.of(source)[1] == 1);
            }
            real.takeEnded(now).forEach(one -> ended.add(one.source()));
            assertThat(real.size()).isEqualTo(model.expiryAndEnforced.size());
            assertThat(ended).containsExactlyInAnyOrderElementsOf(model.ended);
          }
        });
  }

  @Test
  void aMillionSourcesTakeBoundedMemory() {
    PenaltyTable bounded = new PenaltyTable(PenaltySettings.DEFAULT, 1000);
    for (int i = 0; i < 1_000_000; i++) {
      bounded.penalise(new SourceNetwork(false, i), Misconduct.GRACE_EXCEEDED, i);
    }
    assertThat(bounded.size()).isEqualTo(1000);
  }
}
