package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A target that starts again while clients keep their connection to it for later. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LostTargetTest {
  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;
  private Path control;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    control = directory.resolve("control");
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("inner = [forward]") + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion("ControlPath " + control));
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private String lost() {
    return "the connection to 127.0.0.1:" + instance.port() + " has ended: ";
  }

  /** A master that has a login to the target, and nothing open. */
  private Command master() {
    Command master = ssh.start("-M", "-N", "instance");
    Condition.await("a master", () -> Files.exists(control));
    Command.Ended first = ssh.ssh("instance", "echo first");
    assertThat(first.output()).as(first.errors()).isEqualTo("first\n");
    return master;
  }

  @Test
  void aConnectionThatIsKeptForLaterEndsWithItsTargetAndTheNextOneWorks() {
    try (Command master = master()) {
      instance.dropConnections();

      assertThat(master.await().errors()).contains(lost());
      Command.Ended again = ssh.ssh("instance", "echo again");
      assertThat(again.output()).as(again.errors()).isEqualTo("again\n");
    }
    assertThat(bastion.audit().await("forward-closed").detail()).startsWith(lost());
  }

  @Test
  void sessionsThatRunEndFirst() throws IOException {
    try (Command master = master();
        Command one = ssh.start("instance", "echo up; read x");
        Command other = ssh.start("instance", "echo up; read x")) {
      assertThat(one.output().read()).isEqualTo('u');
      assertThat(other.output().read()).isEqualTo('u');

      instance.dropConnections();

      for (Command session : List.of(one, other)) {
        Command.Ended over = session.await();
        assertThat(over.exit()).isEqualTo(255);
        assertThat(over.errors()).contains("sallyport: " + lost());
      }
      assertThat(master.await().errors()).contains(lost());
    }
    bastion.audit().await("forward-closed");
    assertThat(bastion.audit().events("session-closed"))
        .hasSize(3)
        .filteredOn(event -> event.detail().startsWith(lost()))
        .hasSize(2);
  }

  @Test
  void aGatewayCommandSaysThatItsTargetIsGone() throws IOException {
    String target = "ssh -p %d %s@127.0.0.1 ".formatted(instance.port(), instance.user());
    try (Command session = ssh.start("bastion", target + "'echo up; read x'")) {
      assertThat(session.output().read()).isEqualTo('u');

      instance.dropConnections();

      Command.Ended over = session.await();
      assertThat(over.errors()).contains("sallyport: " + lost());
      assertThat(over.exit()).isEqualTo(255);
    }
  }

  @Test
  void aTargetThatLetsNobodyInIsAskedAgainByTheNextConnection() throws IOException {
    Path keys = directory.resolve("instance/bastion-to-private.pub");
    String good = Files.readString(keys);
    Files.writeString(keys, "");
    try (Command master = ssh.start("-M", "-N", "instance")) {
      Condition.await("a master", () -> Files.exists(control));
      Command.Ended refused = ssh.ssh("instance", "echo in");
      assertThat(refused.errors()).contains("sallyport: ");
      assertThat(refused.exit()).isEqualTo(255);
      assertThat(master.await().exit()).isEqualTo(255);
    }
    Files.writeString(keys, good);

    Command.Ended again = ssh.ssh("instance", "echo in");

    assertThat(again.output()).as(again.errors()).isEqualTo("in\n");
  }
}
