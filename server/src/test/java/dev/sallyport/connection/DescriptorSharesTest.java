package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.forward.Descriptors;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One user cannot take the sockets that others need for their forwards. */
@Timeout(120)
final class DescriptorSharesTest {
  /** As if the kernel granted no more; alice may hold a quarter of three quarters. */
  private static final int LIMIT = 64;

  private static final int SHARE = 12;

  @TempDir private Path directory;
  private final Targets targets = new Targets();

  @AfterEach
  void close() throws Exception {
    targets.close();
  }

  @Test
  void whoHoldsTheirShareIsRefusedInWordsAndOthersAreNot() throws Exception {
    InetSocketAddress idle = targets.idle();
    try (HostileBastion bastion = new HostileBastion(directory, new Descriptors(LIMIT));
        RawClient alice = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
        RawClient bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      long first = alice.forward(0, idle);
      long second = alice.forward(1, idle);
      for (int i = 2; i < SHARE; i++) {
        alice.forward(i, idle);
      }
      alice.openForward(SHARE, idle);

      assertThat(alice.refusal())
          .isEqualTo(
              "what you have open holds 12 of the bastion's file descriptors, and your share is 12"
                  + " at the moment: close some of it, or try again later");
      Condition.await("the refusal is recorded", () -> bastion.told("your share is 12") == 1);
      bob.forward(0, idle);

      // Bob's own made the share smaller by less than one.
      alice.sendClose(first);
      alice.sendClose(second);
      Condition.await("two forwards are over", () -> bastion.forwards() == SHARE - 1);
      alice.forward(SHARE + 1, idle);
    }
  }

  @Test
  void addressesThatNeverAnswerCountToo() throws Exception {
    InetSocketAddress silent = targets.silent();
    InetSocketAddress idle = targets.idle();
    try (HostileBastion bastion = new HostileBastion(directory, new Descriptors(LIMIT));
        RawClient alice = RawClient.login(bastion.address(), "alice", HostileBastion.ALICE);
        RawClient bob = RawClient.login(bastion.address(), "bob", HostileBastion.BOB)) {
      for (int i = 0; i <= SHARE; i++) {
        alice.openForward(i, silent);
      }
      assertThat(alice.refusal()).contains("your share is 12");
      bob.forward(0, idle);
    }
  }
}
