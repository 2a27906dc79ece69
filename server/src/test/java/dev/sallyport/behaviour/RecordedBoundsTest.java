package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users see of the limits of recordings, with stock OpenSSH. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init") // each test begins with start
class RecordedBoundsTest {
  @TempDir Path directory;
  private OpenSshd instance;
  private TestBastion bastion;
  private OpenSsh ssh;

  private void start(String recording) throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording { reserve = \"0 B\", " + recording + " }",
            "rules = [\n" + instance.recordedRule("") + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private AuditReader.Event finalised() {
    return bastion.audit().await("recording-finalised");
  }

  private Path recording() throws IOException {
    String id = finalised().json().at("/connection_uid").asString("");
    try (Stream<Path> files = Files.walk(directory.resolve("state/recordings"))) {
      return files.filter(folder -> folder.endsWith(id)).findFirst().orElseThrow();
    }
  }

  private boolean isComplete() {
    return finalised().json().at("/unmapped/complete").asBoolean(false);
  }

  /** Once everything after the first MiB of a command's output was lost, and called complete. */
  @Test
  void aShellBehindMuchOutputIsRecordedToo() throws IOException {
    start("");
    String command = "head -c 1048576 /dev/zero; exec bash -c 'echo the shell'";

    Command.Ended ended = ssh.ssh("instance", command);

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(isComplete()).isTrue();
    assertThat(Files.readString(recording().resolve("stdout"))).endsWith("the shell\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-T", "-tt"})
  void aStrictSessionEndsInWordsWhenItsRecordingIsAsLongAsMayBe(String terminal)
      throws IOException {
    start("session-max = \"2 MiB\"");

    Command.Ended ended = ssh.ssh(terminal, "instance", "cat /dev/zero");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors())
        .contains(
            "sallyport: the recording of this session has reached 2.0 MiB, which is the limit for"
                + " one session, and it must be recorded, so it ends",
            "the session has ended");
    AuditReader.Event failed = bastion.audit().await("recording-failed");
    assertThat(failed.json().at("/unmapped/session_goes_on").asBoolean(true)).isFalse();
    assertThat(failed.detail()).contains("recording.session-max, 2.0 MiB");
    assertThat(isComplete()).as("all that passed is kept").isTrue();
    assertThat(bastion.audit().await("session-closed").detail()).contains("has reached 2.0 MiB");
  }

  @Test
  void aUserWhoHasUsedUpTheDayIsRefusedInWordsAndOthersAreNot() throws IOException {
    start("session-max = \"2 MiB\", user-max = \"1 MiB\"");
    assertThat(ssh.ssh("instance", "cat /dev/zero").errors()).contains("your recordings of ");

    Command.Ended refused = ssh.ssh("instance", "true");

    assertThat(refused.errors())
        .contains(
            "sallyport: this session must be recorded, and that is not possible now: your"
                + " recordings of ",
            "have reached 1.0 MiB, which is the limit for one user and day");
    assertThat(refused.exit()).isEqualTo(255);
    assertThat(bastion.audit().events("recording-removed")).isEmpty();
  }

  @Test
  void aBestEffortSessionGoesOnAndTheLogSaysWhatItLacks() throws IOException {
    start("session-max = \"1 MiB\", exec-output = \"1 GiB\", guarantee = best-effort");

    Command.Ended ended = ssh.ssh("instance", "head -c 3000000 /dev/zero; echo after");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.output()).endsWith("after\n");
    Condition.await("told", () -> !bastion.audit().events("recording-failed").isEmpty());
    assertThat(isComplete()).isFalse();
    long kept = Files.size(recording().resolve("stdout"));
    assertThat(finalised().json().at("/unmapped/unkept/0/name").asString("")).isEqualTo("stdout");
    assertThat(finalised().json().at("/unmapped/unkept/0/bytes").asLong())
        .isEqualTo(3_000_006 - kept);
  }
}
