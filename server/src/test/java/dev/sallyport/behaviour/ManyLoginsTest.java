package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An automation host behind one address, as Ansible with {@code forks = 100}: with the defaults of
 * the limits, the penalties and the heap, on a server of its own. Only the time for a login is
 * longer, because the machine of a test may be slow.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ManyLoginsTest {
  private static final int FORKS = 100;

  @TempDir Path directory;

  /** No forward is answered before all are open, so a hundred connections are live at once. */
  @Test
  void aHundredSshAtOnceFromOneAddressByOneUserAllPass() throws Exception {
    CountDownLatch all = new CountDownLatch(FORKS);
    Path file =
        TestBastion.prepare(directory, "penalties.exempt = []", "limits.login-grace = \"10 m\"");
    try (TcpTarget greeter =
            TcpTarget.that((target, socket) -> {
              all.countDown();
              all.await();
              target.write(socket, "hello\n".getBytes(StandardCharsets.UTF_8));
            });
        Command server = TestBastion.serve(file, "-Xmx320m", "-Xms64m")) {
      AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
      OpenSsh clients = TestBastion.clients(directory, TestBastion.awaitPort(audit));
      assertThat(clients.ssh("bastion").exit()).as("the host key is known").isZero();
      List<Command> started = new ArrayList<>();
      try {
        for (int i = 0; i < FORKS; i++) {
          started.add(
              clients.start("-o", "ConnectTimeout=600", "-W", greeter.address(), "bastion"));
        }
        // Each wait has a deadline of its own: what counts is that there is progress.
        for (long i = 1; i <= FORKS; i++) {
          long wanted = i;
          Condition.await(
              wanted + " forwards are open",
              () ->
                  greeter.connections() >= wanted
                      || started.stream().anyMatch(ManyLoginsTest::ended));
        }
        for (Command ssh : started) {
          ssh.input().close();
          Command.Ended ended = ssh.await();
          assertThat(ended.exit()).as(ended.errors()).isZero();
          assertThat(ended.output()).isEqualTo("hello\n");
        }
      } finally {
        started.forEach(Command::close);
      }
      assertThat(audit.events("penalty-began")).isEmpty();
      assertThat(audit.events("authentication-failed")).isEmpty();
      assertThat(server.isAlive()).isTrue();
    }
  }

  private static boolean ended(Command ssh) {
    return !ssh.isAlive();
  }
}
