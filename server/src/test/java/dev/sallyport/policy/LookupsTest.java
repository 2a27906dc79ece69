package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Host;
import dev.sallyport.policy.Lookups.Bounds;
import dev.sallyport.policy.Lookups.Result;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LookupsTest {
  private static final Host.Name NAME = new Host.Name("db.internal");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  @Test
  void takesTheFamiliesInTurnIpv6First() {
    assertThat(resolve("10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2"))
        .isEqualTo(
            new Result.Found(
                Stream.of("fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3")
                    .map(Samples::address)
                    .toList()));
  }

  @Test
  void countsAnAddressOnce() {
    assertThat(resolve("10.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"))
        .isEqualTo(new Result.Found(List.of(Samples.address("10.0.0.1"))));
  }

  @Test
  void boundsTheAddressesOfAName() {
    String[] many = IntStream.range(0, 100).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
    assertThat(resolve(many))
        .isInstanceOfSatisfying(
            Result.Found.class, found -> assertThat(found.addresses()).hasSize(16));
  }

  @Test
  void forgetsTheNameAnAddressCameWith() throws Exception {
    InetAddress named = InetAddress.getByAddress("evil\nname", new byte[] {10, 0, 0, 1});
    assertThat(new Lookups(name -> List.of(named), Bounds.DEFAULT).resolve(NAME, "alice"))
        .asString()
        .doesNotContain("evil");
  }

  @Test
  void failsWhereThereIsNoAddress() {
    assertThat(resolve()).isEqualTo(new Result.Failed("does not resolve"));
    Lookups unknown =
        new Lookups(
            name -> {
              throw new UnknownHostException("db.internal: Name or service not known");
            },
            Bounds.DEFAULT);
    assertThat(unknown.resolve(NAME, "alice")).isEqualTo(new Result.Failed("does not resolve"));
  }

  @Test
  void aBrokenResolverIsOurBugAndNoAnswer() {
    Lookups broken =
        new Lookups(
            name -> {
              throw new IllegalStateException("bug");
            },
            Bounds.DEFAULT);
    assertThatThrownBy(() -> broken.resolve(NAME, "alice"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void givesUpInTime() {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(stuck(never, new Bounds(SHORT, 1, 1, 16)).resolve(NAME, "alice"))
        .isEqualTo(new Result.Failed("did not resolve in time"));
  }

  @Test
  void aSlowNameServerHoldsUpItsOwnUserOnly() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Lookups lookups = stuck(answer, new Bounds(SHORT, 3, 2, 16));
    lookups.resolve(NAME, "mallory");
    lookups.resolve(NAME, "mallory");
    assertThat(lookups.resolve(NAME, "mallory")).isEqualTo(tooMany());
    // Alice still finds a place, and then all places are taken, though everybody gave up waiting.
    assertThat(lookups.resolve(NAME, "alice"))
        .isEqualTo(new Result.Failed("did not resolve in time"));
    assertThat(lookups.resolve(NAME, "alice")).isEqualTo(tooMany());
    answer.countDown();
    await(lookups);
  }

  @Test
  void endsWhenTheAskingThreadIsInterrupted() throws Exception {
    Lookups lookups = stuck(new CountDownLatch(1), new Bounds(LONG, 1, 1, 16));
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread asking =
        Thread.ofVirtual()
            .start(() -> {
              assertThat(lookups.resolve(NAME, "alice")).isInstanceOf(Result.Failed.class);
              stillInterrupted.set(Thread.currentThread().isInterrupted());
            });
    asking.interrupt();
    asking.join();
    assertThat(stillInterrupted).isTrue();
  }

  private static Result.Failed tooMany() {
    return new Result.Failed(
        "cannot be resolved now: too many names are being resolved; try again later");
  }

  /** A place comes free when the look-up itself has ended. */
  private static void await(Lookups lookups) {
    while (lookups.resolve(NAME, "mallory") instanceof Result.Failed) {
      Thread.onSpinWait();
    }
  }

  /** Waits for {@code answer} as the system's resolver does: deaf to interrupts. */
  private static Lookups stuck(CountDownLatch answer, Bounds bounds) {
    return new Lookups(
        name -> {
          while (answer.getCount() > 0) {
            try {
              answer.await();
            } catch (InterruptedException deaf) {
              // Goes on waiting.
            }
          }
          return List.of(Samples.address("10.0.0.1"));
        },
        bounds);
  }

  private static Result resolve(String... addresses) {
    List<InetAddress> answer = Stream.of(addresses).map(Samples::address).toList();
    return new Lookups(name -> answer, Bounds.DEFAULT).resolve(NAME, "alice");
  }
}
