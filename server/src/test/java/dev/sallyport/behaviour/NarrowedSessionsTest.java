package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is open when a key is narrowed is no way round what it may no more. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NarrowedSessionsTest {
  @TempDir Path directory;
  private OpenSshd instance;
  private TestBastion bastion;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "auth.recheck = \"1 s\"",
            "rules = [\n" + instance.recordedRule("inner = [agent]") + "]");
    ssh = bastion.ssh();
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private String target() {
    return "ssh -p %d %s@127.0.0.1".formatted(instance.port(), instance.user());
  }

  private void narrow(String options) throws IOException {
    String keys = Files.readString(directory.resolve("keys/alice"));
    TestBastion.writeKeys(directory, "alice", options + " " + keys);
  }

  private static void type(Command command, String keys) {
    try {
      OutputStream input = command.input();
      input.write(keys.getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String awaitOutput(Command command, String text) {
    InputStream output = command.output();
    StringBuilder all = new StringBuilder();
    try {
      while (all.indexOf(text) < 0) {
        int c = output.read();
        assertThat(c).as(all + command.errors()).isNotEqualTo(-1);
        all.append((char) c);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Test
  void aPromptOpensNoOtherSessionOnceItsKeyRunsOneCommand() throws Exception {
    try (Command prompt = ssh.start("-tt", "bastion")) {
      awaitOutput(prompt, "sallyport> ");
      ByteArrayOutputStream shown = new ByteArrayOutputStream();
      Thread.ofVirtual().start(() -> read(prompt, shown));
      assertThat(isRefused(prompt, shown)).isFalse();

      narrow("command=\"ssh nobody@127.0.0.1\"");

      Condition.await("the prompt refuses", () -> isRefused(prompt, shown));
      assertThat(prompt.isAlive()).isTrue();
    }
  }

  private boolean isRefused(Command prompt, OutputStream shown) {
    String sentence = "sallyport: your key may run one command only now: log in again";
    int before = sessions();
    type(prompt, target() + " true\r");
    Condition.await(
        "a session or a refusal", () -> sessions() > before || shown.toString().contains(sentence));
    return shown.toString().contains(sentence);
  }

  private int sessions() {
    return bastion.audit().events("session-closed").size();
  }

  private static void read(Command command, OutputStream shown) {
    try {
      command.output().transferTo(shown);
    } catch (IOException closed) {
      // With the program.
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-pty                           | may not have a terminal",
        "command=\"ssh nobody@127.0.0.1\" | may run one command only now"
      })
  void aTerminalThatRunsEndsOnceItsKeyMayNotHaveIt(String options, String sentence)
      throws Exception {
    try (Command shell = ssh.start("-tt", "bastion", target().replace("ssh ", "ssh -t ") + " sh")) {
      type(shell, "echo be''gun\r");
      awaitOutput(shell, "begun");
      Thread.ofVirtual().start(() -> read(shell, OutputStream.nullOutputStream()));

      narrow(options);

      assertThat(shell.await().errors()).contains(sentence, "the session has ended");
    }
  }

  @Test
  void theAgentOfASessionIsNotAskedOnceItsKeyMayNotForwardIt() throws Exception {
    Path socket = directory.resolve("agent");
    Map<String, String> environment = Map.of("SSH_AUTH_SOCK", socket.toString());
    try (Command agent = OpenSsh.startAgent(socket, directory.resolve("alice"))) {
      assertThat(agent.isAlive()).isTrue();
      try (Command shell =
          Command.start(
              List.of(
                  "ssh",
                  "-F",
                  directory.resolve("ssh_config").toString(),
                  "-A",
                  "-o",
                  "IdentityAgent=" + socket,
                  "bastion",
                  target() + " -A sh"),
              environment,
              ProcessBuilder.Redirect.PIPE)) {
        type(shell, "ssh-add -l; echo answered\n");
        assertThat(awaitOutput(shell, "answered\n")).contains("ED25519");

        narrow("no-agent-forwarding");

        Condition.await(
            "the agent is out of reach",
            () -> {
              type(shell, "ssh-add -l; echo answered\n");
              return !awaitOutput(shell, "answered\n").contains("ED25519");
            });
        assertThat(shell.isAlive()).isTrue();
      }
    }
  }
}
