package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeyExchangeRateTest {
  private static final long START = -5;

  private final KeyExchangeRate rate = new KeyExchangeRate(3, 100, START);

  @Test
  void aBurstCostsNoWaitingAndThenEachWaitsForItsTurn() {
    for (int i = 0; i < 3; i++) {
      assertThat(rate.take(START)).isZero();
    }
    assertThat(rate.take(START)).isEqualTo(100);
    assertThat(rate.take(START)).isEqualTo(200);
    assertThat(rate.take(START + 150)).isEqualTo(150);
  }

  @Test
  void aTurnThatWasGivenBackIsThere() {
    for (int i = 0; i < 4; i++) {
      rate.take(START);
    }
    rate.giveBack();
    assertThat(rate.take(START)).isEqualTo(100);
  }

  @Test
  void theBurstIsFreeAgainAfterAWhile() {
    for (int i = 0; i < 3; i++) {
      rate.take(START);
    }
    assertThat(rate.isRested(START + 299)).isFalse();
    assertThat(rate.isRested(START + 300)).isTrue();
    assertThat(rate.take(START + 300)).isZero();
  }

  @Test
  void theConnectionsOfAUserShareOneAndOthersHaveTheirOwn() {
    KeyExchangeRates rates = new KeyExchangeRates();
    assertThat(rates.ofUser("alice", START)).isSameAs(rates.ofUser("alice", START));
    assertThat(rates.ofUser("alice", START)).isNotSameAs(rates.ofUser("bob", START));
  }

  @Test
  void usersWhoAreLongGoneAreForgottenAndOthersAreNot() {
    KeyExchangeRates rates = new KeyExchangeRates();
    KeyExchangeRate busy = rates.ofUser("busy", START);
    for (int i = 0; i < 100; i++) {
      busy.take(START);
    }
    KeyExchangeRate idle = rates.ofUser("idle", START);
    for (int i = 0; i < 100; i++) {
      rates.ofUser("user" + i, START);
    }
    assertThat(rates.ofUser("busy", START)).isSameAs(busy);
    assertThat(rates.ofUser("idle", START)).isNotSameAs(idle);
  }
}
