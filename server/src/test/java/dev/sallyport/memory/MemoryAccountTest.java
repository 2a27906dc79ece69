package dev.sallyport.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.Condition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MemoryAccountTest {
  private static final long MIB = 1024 * 1024;
  private static final long TOTAL = 128 * MIB;

  private final List<SharesUsedUp.Shortage> reports = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final MemoryAccount account = new MemoryAccount(TOTAL, reports::add, now::get);
  private final MemoryShare alice = account.share("alice");

  private static void takeAll(MemoryShare share, long step) {
    while (share.reserve(step)) {
      assertThat(share.held()).isLessThanOrEqualTo(TOTAL);
    }
  }

  @Test
  void aUserAloneGetsAQuarterOfWhatIsNotKeptForOthers() {
    takeAll(alice, MIB);
    assertThat(alice.held()).isEqualTo((TOTAL - TOTAL / 8) / 4);
  }

  @Test
  void anotherGetsAQuarterOfTheRest() {
    takeAll(alice, 1024);
    MemoryShare bob = account.share("bob");
    takeAll(bob, 1024);
    long free = TOTAL - TOTAL / 8 - alice.held();
    assertThat(bob.held()).isBetween(free / 4 - 1024, free / 4);
  }

  @Test
  void aUserWhoHoldsNothingGetsTheMinimumWhileManyHoldTheirMost() {
    for (int i = 0; i < 40; i++) {
      MemoryShare greedy = account.share("greedy-" + i);
      for (long step = 4 * MIB; step >= 4 * MIB / 64; step /= 2) {
        long size = step;
        // What is above the minimum only: those who keep below it are many small users.
        while (greedy.held() + size > account.minimum() && greedy.reserve(size)) {
          assertThat(account.used()).isLessThanOrEqualTo(TOTAL);
        }
      }
    }
    for (int i = 0; i < 16; i++) {
      assertThat(account.share("new-" + i).reserve(account.minimum())).as("user %d", i).isTrue();
    }
    assertThat(account.used()).isLessThanOrEqualTo(TOTAL);
  }

  @Test
  void nobodyGetsMoreThanThereIs() {
    for (int i = 0; i < 200; i++) {
      takeAll(account.share("user-" + i), account.minimum());
    }
    assertThat(account.used()).isLessThanOrEqualTo(TOTAL);
    MemoryShare late = account.share("late");
    assertThat(late.reserve(account.minimum())).isFalse();
    assertThat(late.refusal())
        .isEqualTo("the bastion's memory for all its users is used up: try again later");
  }

  @Test
  void whatCanBeLeftOutIsTakenFromHalfOfTheShareAndIsNoCauseForAReport() {
    while (alice.reserveExtra(MIB)) {
      assertThat(alice.held()).isLessThanOrEqualTo(TOTAL);
    }
    assertThat(alice.held()).isEqualTo((TOTAL - TOTAL / 8) / 8);
    assertThat(alice.reserve(MIB)).isTrue();
    assertThat(reports).isEmpty();
  }

  @Test
  void whatIsReleasedCanBeReservedAgain() {
    takeAll(alice, MIB);
    long most = alice.held();
    alice.release(most);
    assertThat(account.used()).isZero();
    takeAll(alice, MIB);
    assertThat(alice.held()).isEqualTo(most);
  }

  @Test
  void moreThanWasReservedIsNotReleased() {
    alice.reserve(10);
    assertThatThrownBy(() -> alice.release(11)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> account.share("bob").release(1))
        .isInstanceOf(IllegalStateException.class);
    assertThat(account.used()).isEqualTo(10);
  }

  @Test
  void aHoldGivesBackAllOfItOnce() {
    MemoryHold hold = alice.hold();
    assertThat(hold.add(100)).isTrue();
    assertThat(hold.growTo(300)).isTrue();
    assertThat(hold.growTo(200)).isTrue();
    hold.give(50);
    assertThat(alice.held()).isEqualTo(250);
    hold.close();
    hold.close();
    hold.give(50);
    assertThat(hold.add(1)).isFalse();
    assertThat(account.used()).isZero();
  }

  @Test
  void theRefusalNamesWhatIsHeldAndTheShare() {
    takeAll(alice, MIB);
    assertThat(alice.refusal())
        .isEqualTo(
            "what you have open holds 28 MiB of the bastion's memory, and your share is 28 MiB at"
                + " the moment: close some of it, or try again later");
  }

  @Test
  void aRefusalIsReportedOnceUntilTheUserHoldsHalfOfIt() {
    takeAll(alice, MIB);
    awaitReports(1);
    assertThat(reports.getFirst())
        .isEqualTo(new SharesUsedUp.Shortage("alice", 28 * MIB, 28 * MIB, 28 * MIB, TOTAL));
    advance(Duration.ofHours(1));
    assertThat(alice.reserve(MIB)).isFalse();
    alice.release(13 * MIB);
    takeAll(alice, MIB);
    alice.release(14 * MIB);
    takeAll(alice, MIB);
    awaitReports(2);
  }

  @Test
  void refusalsOfOneUserAreReportedAMinuteApart() {
    takeAll(alice, MIB);
    awaitReports(1);
    for (int i = 0; i < 10; i++) {
      alice.release(alice.held());
      takeAll(alice, MIB);
    }
    advance(Duration.ofMinutes(1));
    takeAll(account.share("bob"), MIB);
    awaitReports(2);
    assertThat(reports).extracting(SharesUsedUp.Shortage::user).containsExactly("alice", "bob");
    assertThat(alice.reserve(MIB)).isFalse();
    awaitReports(3);
  }

  private void advance(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void awaitReports(int count) {
    Condition.await("reported", () -> reports.size() >= count);
    assertThat(reports).hasSize(count);
  }
}
