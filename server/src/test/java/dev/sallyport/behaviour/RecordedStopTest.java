package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of recorded sessions, and of who would begin one, while the bastion stops. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordedStopTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(15);

  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            "stop-timeout = \"45 s\"",
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("inner = [forward]") + "]");
    ssh =
        bastion
            .ssh()
            .host(
                "instance", instance.behindBastion("ControlPath " + directory.resolve("control")));
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private static void type(Command command, String keys) throws IOException {
    OutputStream input = command.input();
    input.write(keys.getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  private static void awaitOutput(Command command, String text) throws IOException {
    InputStream output = command.output();
    StringBuilder all = new StringBuilder();
    while (all.indexOf(text) < 0) {
      int c = output.read();
      assertThat(c).as(all + command.errors()).isNotEqualTo(-1);
      all.append((char) c);
    }
  }

  @Test
  void aPromptThatIdlesIsToldAndEndsAtOnce() throws Exception {
    try (Command prompt = ssh.start("-tt", "bastion")) {
      awaitOutput(prompt, "sallyport> ");

      Thread stopping = Thread.ofVirtual().start(bastion::close);

      awaitOutput(prompt, "sallyport: the bastion is stopping, so the prompt ends");
      assertThat(stopping.join(AT_ONCE)).isTrue();
    }
  }

  @Test
  void aSessionFromThePromptGoesOnAndIsTheLast() throws Exception {
    try (Command prompt = ssh.start("-tt", "bastion")) {
      awaitOutput(prompt, "sallyport> ");
      type(
          prompt,
          "ssh -p %d %s@127.0.0.1 'echo ready; read x; echo got $x'\r"
              .formatted(instance.port(), instance.user()));
      awaitOutput(prompt, "ready\r\n");

      Thread stopping = Thread.ofVirtual().start(bastion::close);

      bastionRefuses("bastion");
      type(prompt, "word\r");
      awaitOutput(prompt, "got word");
      awaitOutput(prompt, "the bastion is stopping, so the prompt ends");
      assertThat(stopping.join(AT_ONCE)).isTrue();
    }
  }

  /** It does not listen any more, so it drains. */
  private void bastionRefuses(String host) {
    Condition.await(
        "nobody gets in any more", () -> ssh.ssh(host, "hosts").errors().contains("refused"));
  }

  @Test
  void anOpenInnerConnectionBeginsNothingNewWhileItsSessionGoesOn() throws Exception {
    try (Command master = ssh.start("-M", "-v", "instance", "cat")) {
      type(master, "one\n");
      awaitOutput(master, "one\n");

      Thread stopping = Thread.ofVirtual().start(bastion::close);

      bastionRefuses("bastion");
      Command.Ended late = ssh.ssh("instance", "echo late");
      assertThat(late.exit()).isEqualTo(255);
      master.awaitErrors("open failed: resource shortage: the bastion is stopping");
      assertThat(ssh.ssh("-W", "127.0.0.1:" + instance.port(), "instance").exit()).isEqualTo(255);
      assertThat(bastion.audit().events("forward-refused")).isEmpty();
      assertThat(
              bastion
                  .audit()
                  .await("request-refused", event -> event.request().equals("direct-tcpip"))
                  .detail())
          .isEqualTo("the bastion is stopping");
      type(master, "two\n");
      awaitOutput(master, "two\n");
      master.input().close();
      assertThat(stopping.join(AT_ONCE)).isTrue();
      assertThat(bastion.audit().events("session-opened")).hasSize(1);
    }
  }

  @Test
  void anInnerConnectionInWhichNothingIsOpenEndsAtOnce() throws Exception {
    try (Command master = ssh.start("-M", "-N", "instance")) {
      // Made when the login is done.
      Condition.await("a master", () -> Files.exists(directory.resolve("control")));

      bastion.close();

      master.awaitErrors("the bastion is stopping");
      assertThat(bastion.audit().events().getLast().code()).isEqualTo("server-stopped");
    }
  }

  @Test
  void theForwardIsClosedAfterItsSessions() throws Exception {
    for (int i = 0; i < 3; i++) {
      String command = "echo up; sleep 10" + i;
      try (Command session = ssh.start("-o", "ControlPath=none", "instance", command)) {
        awaitOutput(session, "up\n");
      }
      AuditReader.Event closed =
          bastion
              .audit()
              .await(
                  "session-closed",
                  event -> event.json().at("/unmapped/command").asString("").equals(command));
      AuditReader.Event forward =
          bastion
              .audit()
              .await("forward-closed", event -> event.connection().equals(closed.connection()));
      assertThat(sequence(closed)).isLessThan(sequence(forward));
    }
  }

  private static long sequence(AuditReader.Event event) {
    return event.json().at("/metadata/sequence").asLong();
  }
}
