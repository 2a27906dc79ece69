package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.forward.DialRates;
import dev.sallyport.model.TokenBucket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user who opens and closes forwards in a loop is refused before the bastion dials. */
@Timeout(120)
final class DialRatesOfUsersTest {
  private static final int BURST = 5;
  private static final long LONG = TimeUnit.DAYS.toNanos(1);

  @TempDir private Path directory;
  private final Targets targets = new Targets();

  @AfterEach
  void close() throws Exception {
    targets.close();
  }

  @Test
  void whoOpensAndClosesForwardsTooFastIsRefusedInWordsAndOthersAreNot() throws Exception {
    InetSocketAddress idle = targets.idle();
    DialRates dials = new DialRates(TokenBucket.Rate.oneIn(LONG, BURST), System::nanoTime);
    try (HostileBastion bastion = new HostileBastion(directory, dials);
        RawClient alice = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
        RawClient bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      for (int i = 0; i < BURST; i++) {
        alice.sendClose(alice.forward(i, idle));
      }
      alice.openForward(BURST, idle);

      String refusal =
          "you have opened too many connections to %s:%d within the last minute: try again later"
              .formatted(idle.getAddress().getHostAddress(), idle.getPort());
      assertThat(alice.refusal()).isEqualTo(refusal);
      Condition.await("the refusal is recorded", () -> bastion.told(refusal) == 1);
      bob.forward(0, idle);
      alice.forward(BURST + 1, targets.idle());
    }
  }
}
