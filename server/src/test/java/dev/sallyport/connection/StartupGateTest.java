package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class StartupGateTest {
  private static final Limits LIMITS = limits(10, 30, 20, 5);

  private final List<InetAddress> refused = new ArrayList<>();

  @Test
  void admitsEveryoneBelowTheThreshold() {
    StartupGate gate = gate(LIMITS, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(gate.admit(source("192.0.2." + i))).isTrue();
    }
    assertThat(gate.count()).isEqualTo(10);
  }

  @Test
  void dropsAtRandomFromTheThresholdOn() {
    // The chance is 30 % at the threshold: 29 falls below it, 30 does not.
    assertThat(fill(gate(LIMITS, 29), 10).admit(source("198.51.100.1"))).isFalse();
    assertThat(fill(gate(LIMITS, 30), 10).admit(source("198.51.100.1"))).isTrue();
  }

  @Test
  void dropsMoreTheFullerItIs() {
    // Half way from threshold to full the chance is 65 %.
    StartupGate lucky = fill(gate(LIMITS, 65), 15);
    assertThat(lucky.admit(source("198.51.100.1"))).isTrue();
    StartupGate unlucky = gate(LIMITS, 99);
    fill(unlucky, 15);
    assertThat(unlucky.count()).isEqualTo(15);
  }

  @Test
  void dropsEveryoneWhenFull() {
    StartupGate gate = fill(gate(LIMITS, 99), 20);
    assertThat(gate.count()).isEqualTo(20);
    assertThat(gate.admit(source("198.51.100.1"))).isFalse();
    assertThat(refused).containsExactly(source("198.51.100.1"));
  }

  @Test
  void oneSourceCannotUseUpTheAllowance() {
    StartupGate gate = gate(LIMITS, 99);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.admit(source("203.0.113.7"))).isTrue();
    }
    assertThat(gate.admit(source("203.0.113.7"))).isFalse();
    assertThat(gate.admit(source("203.0.113.8"))).isTrue();
  }

  @Test
  void saysWhyASourceIsTurnedAwayAndCountsNothing() {
    StartupGate gate = gate(LIMITS, 99);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.refusal(source("203.0.113.7"))).isEmpty();
      assertThat(gate.admit(source("203.0.113.7"))).isTrue();
    }
    assertThat(gate.refusal(source("203.0.113.7")))
        .contains(
            "203.0.113.7 has 5 unauthenticated connections, as many as it may have"
                + " (limits.unauthenticated-per-source)");
    assertThat(gate.refusal(source("203.0.113.8"))).isEmpty();
    assertThat(fill(gate(LIMITS, 99), 20).refusal(source("203.0.113.7")).orElse(""))
        .contains("limits.unauthenticated-full");
    assertThat(gate.count()).isEqualTo(5);
    assertThat(refused).isEmpty();
  }

  /** Whatever the dice say: two offices with a hundred logins each are below the threshold. */
  @Test
  void byDefaultAHundredLoginsAtOnceFromOneAddressPassAndNoSourceAloneKeepsOthersOut() {
    StartupGate gate = gate(Limits.DEFAULT, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(gate.admit(source("203.0.113.7"))).isTrue();
      assertThat(gate.admit(source("203.0.113.8"))).isTrue();
    }
    StartupGate flooded = gate(Limits.DEFAULT, 0);
    for (int i = 0; i < 1000; i++) {
      flooded.admit(source("198.51.100.1"));
    }
    assertThat(flooded.admit(source("203.0.113.7"))).isTrue();
  }

  @Test
  void anIpv6SubscriberIsOneSource() {
    StartupGate gate = gate(LIMITS, 99);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.admit(source("2001:db8:0:1::" + i))).isTrue();
    }
    assertThat(gate.admit(source("2001:db8:0:1:ffff::1"))).isFalse();
    assertThat(gate.admit(source("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void aPlaceIsFreeAgainOnceItIsLeft() {
    StartupGate gate = gate(LIMITS, 99);
    for (int i = 0; i < 5; i++) {
      gate.admit(source("203.0.113.7"));
    }
    gate.leave(source("203.0.113.7"));
    assertThat(gate.admit(source("203.0.113.7"))).isTrue();
  }

  /** Fills it, whatever the dice would say. */
  private static StartupGate fill(StartupGate gate, int count) {
    int tries = 0;
    while (gate.count() < count) {
      gate.admit(source("192.0.2." + tries++ % 250));
      if (tries > 10_000) {
        break;
      }
    }
    return gate;
  }

  private StartupGate gate(Limits limits, int dice) {
    // Full speed up to the number of connections that a test wants, then the dice of the test.
    return new StartupGate(limits, new Dice(dice), refused::add);
  }

  /** Always the same number, but lucky often enough that {@link #fill} comes to an end. */
  private static final class Dice implements RandomGenerator {
    private final int value;

    Dice(int value) {
      this.value = value;
    }

    @Override
    public int nextInt(int bound) {
      return value;
    }

    @Override
    public long nextLong() {
      return value;
    }
  }

  private static InetAddress source(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static Limits limits(int start, int rate, int full, int perSource) {
    return new Limits(
        start,
        rate,
        full,
        perSource,
        Duration.ofSeconds(60),
        6,
        50,
        256,
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(60));
  }
}
