package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recorded target's {@code Banner}, as the users of stock clients see it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TargetBannerShownTest {
  @TempDir Path directory;
  private OpenSshd instance;
  private TestBastion bastion;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    Path banner = directory.resolve("banner");
    Files.writeString(banner, "Property of Example.\n\u001b[31mred\n");
    instance = new OpenSshd(directory.resolve("instance"), "Banner " + banner);
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("") + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private String gateway() {
    return "ssh -p %d %s@127.0.0.1".formatted(instance.port(), instance.user());
  }

  private static void assertShown(Command.Ended ended) {
    assertThat(ended.errors().split("Property of Example\\.", -1)).as(ended.errors()).hasSize(2);
    assertThat(ended.errors()).contains("\\u001b[31mred").doesNotContain("\u001b");
  }

  @Test
  void isShownOnceByEveryWayAndBesideTheOutput() {
    for (String[] way :
        new String[][] {{"instance", "echo out"}, {"bastion", gateway() + " echo out"}}) {
      Command.Ended ended = ssh.ssh(way);
      assertThat(ended.exit()).as(ended.errors()).isZero();
      assertThat(ended.output()).isEqualTo("out\n");
      assertShown(ended);
    }
  }

  @Test
  void isShownOnceForAConnectionThatSessionsShare() throws IOException {
    Path control = directory.resolve("control");
    bastion
        .ssh()
        .host(
            "shared",
            instance.behindBastion(
                "ControlMaster auto", "ControlPersist 60", "ControlPath " + control));
    Command.Ended first = ssh.ssh("-o", "ControlPersist=yes", "shared", "echo first");
    Command.Ended second = ssh.ssh("shared", "echo second");
    ssh.ssh("-O", "exit", "shared");
    assertThat(first.output()).isEqualTo("first\n");
    assertThat(second.output()).isEqualTo("second\n");
    assertShown(first);
    assertThat(second.errors()).doesNotContain("Property");
  }

  @Test
  void filesPassBesideIt() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    Path copy = directory.resolve("copy");
    Command.Ended ended = ssh.run("scp", "instance:" + file, copy.toString());
    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(copy).hasContent("content");
    assertShown(ended);
  }

  @Test
  void isShownBeforeARefusal() throws IOException {
    Files.writeString(Path.of(instance.identity() + ".pub"), "");
    for (String[] way : new String[][] {{"instance", "true"}, {"bastion", gateway() + " true"}}) {
      Command.Ended ended = ssh.ssh(way);
      assertThat(ended.exit()).isEqualTo(255);
      assertShown(ended);
      assertThat(ended.errors()).containsSubsequence("Property of Example", "does not let");
    }
  }

  /** All of it in the order in which it happened, which two streams would not keep. */
  @Test
  void thePromptShowsItAndRefusalsInOrder() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Command.Ended ended;
    try (Command prompt = ssh.start("-tt", "bastion")) {
      Thread reader = Thread.ofVirtual().start(() -> read(prompt, shown));
      answer(prompt, shown, "ssh <login>@<private server>", "ssh -p 1 nobody@127.0.0.9\r");
      answer(prompt, shown, "sallyport: 127.0.0.9:1 is in no rule for alice", "whoami\r");
      answer(
          prompt, shown, "alice, in ops\r\n", gateway().replace("ssh ", "ssh -T ") + " echo out\r");
      answer(prompt, shown, "ended with exit status 0.", "exit\r");
      ended = prompt.await();
      reader.join();
    }
    assertThat(ended.errors()).doesNotContain("sallyport:", "Property");
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .containsSubsequence(
            "sallyport: 127.0.0.9:1 is in no rule for alice",
            "sallyport> ",
            "alice, in ops",
            "sallyport> ",
            "Property of Example.\r\n",
            "out\n",
            "ended with exit status 0.")
        .doesNotContain("exit status 255");
  }

  /** Types once the prompt asks, which it does after what is awaited. */
  private static void answer(
      Command prompt, ByteArrayOutputStream shown, String awaited, String keys) throws IOException {
    Condition.await(
        awaited,
        () -> {
          String all = shown.toString(StandardCharsets.UTF_8);
          return all.contains(awaited) && all.endsWith("sallyport> ");
        });
    prompt.input().write(keys.getBytes(StandardCharsets.US_ASCII));
    prompt.input().flush();
  }

  private static void read(Command command, OutputStream shown) {
    try {
      command.output().transferTo(shown);
    } catch (IOException closed) {
      // With the program.
    }
  }
}
