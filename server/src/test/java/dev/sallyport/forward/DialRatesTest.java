package dev.sallyport.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Grant;
import dev.sallyport.model.TokenBucket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** No user can use up the local ports that others need to reach a target. */
final class DialRatesTest {
  /** What net.ipv4.ip_local_port_range is by default: 32768 to 60999. */
  private static final int LOCAL_PORTS = 60_999 - 32_768 + 1;

  /** How long Linux keeps a port after the side that closed first has closed (TCP_TIMEWAIT_LEN). */
  private static final int TIME_WAIT_SECONDS = 60;

  private final AtomicLong now = new AtomicLong();
  private final DialRates dials =
      new DialRates(TokenBucket.Rate.perSecond(DialRates.PER_SECOND, DialRates.BURST), now::get);

  private static Grant.Candidate at(int port) {
    return at("192.0.2.1", port);
  }

  private static Grant.Candidate at(String address, int port) {
    return new Grant.Candidate(
        new InetSocketAddress(InetAddress.ofLiteral(address), port), "a-rule");
  }

  private boolean dials(String user, Grant.Candidate... candidates) {
    return dials.whyNot(user, List.of(candidates)).isEmpty();
  }

  private int dialsUntilRefused(String user, Grant.Candidate candidate) {
    int count = 0;
    while (dials(user, candidate)) {
      count++;
    }
    return count;
  }

  @Test
  void aUserHasASixthOfTheLocalPortsAtMostWhateverTheUserDoes() {
    int dialled = 0;
    for (int second = 0; second <= TIME_WAIT_SECONDS; second++) {
      dialled += dialsUntilRefused("alice", at(22));
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }

    assertThat(dialled).isBetween(DialRates.BURST, LOCAL_PORTS / 5);
  }

  @Test
  void whoIsTooFastReadsWhyAndMayDialAgainLater() {
    dialsUntilRefused("alice", at(22));

    assertThat(dials.whyNot("alice", List.of(at(22))))
        .contains(
            "you have opened too many connections to 192.0.2.1:22 within the last minute: try"
                + " again later");
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(dialsUntilRefused("alice", at(22))).isEqualTo(DialRates.PER_SECOND);
  }

  @Test
  void otherUsersOtherAddressesAndOtherPortsAreNotAffected() {
    dialsUntilRefused("alice", at(22));

    assertThat(dials("bob", at(22))).isTrue();
    assertThat(dials("alice", at(443))).isTrue();
    assertThat(dials("alice", at("192.0.2.2", 22))).isTrue();
  }

  @Test
  void whereOneOfTheAddressesMayNotBeDialledNoneIsCounted() {
    int all = dialsUntilRefused("alice", at(22));
    for (int i = 0; i < all; i++) {
      assertThat(dials("alice", at(443), at(22))).isFalse();
    }

    assertThat(dialsUntilRefused("alice", at(443))).isEqualTo(all);
  }

  @Test
  void whatRestsIsForgotten() {
    for (int port = 1; port <= 60_000; port++) {
      assertThat(dials("alice", at(port))).isTrue();
      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    }

    // A bucket is full again after 20 ms.
    assertThat(dials.remembered()).isLessThan(200);
  }
}
