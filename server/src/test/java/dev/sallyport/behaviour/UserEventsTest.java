package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a user does with stock OpenSSH, the audit log has all of it, and not faster than {@code
 * limits.user-events}.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserEventsTest {
  private static final int PER_SECOND = 20;
  private static final int BURST = 40;

  @TempDir static Path directory;
  private static OpenSshd instance;
  private static TestBastion bastion;
  private static OpenSsh ssh;
  private static long begin;

  @BeforeAll
  static void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    begin = System.nanoTime();
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "limits { user-events = %d, user-events-burst = %d }".formatted(PER_SECOND, BURST),
            "rules = [\n"
                + instance.recordedRule("inner = [forward]")
                + "{ name = plain, users = [alice], to = [\"127.0.0.1:1-65535\"] }"
                + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterAll
  static void stop() {
    bastion.close();
    instance.close();
  }

  private static boolean isAlices(AuditReader.Event event) {
    return event.user().equals("alice");
  }

  private static long count(String code) {
    return bastion.audit().events(code).size();
  }

  /** Events may be written a little after the client has heard the answer. */
  private static void awaitCount(String code, long expected) {
    bastion.audit().await(code, _ -> count(code) >= expected);
    assertThat(count(code)).as(code).isEqualTo(expected);
  }

  /** At any time; the lines first, so that what comes meanwhile is to their favour. */
  private static void assertNoFasterThanTheRate() {
    long lines = bastion.audit().events().stream().filter(UserEventsTest::isAlices).count();
    double seconds = (System.nanoTime() - begin) / 1e9;
    assertThat((double) lines).isLessThanOrEqualTo(BURST + seconds * PER_SECOND);
  }

  private static Predicate<AuditReader.Event> last(String path) {
    return event -> event.json().at("/file/path").asString("").endsWith(path);
  }

  @Test
  void allKindsOfEventsShareOneRateAndNoneIsLost() throws IOException {
    for (int i = 0; i < 5; i++) {
      Command.Ended ended =
          ssh.ssh(
              "bastion", "ssh -p %d %s@127.0.0.1 true".formatted(instance.port(), instance.user()));
      assertThat(ended.exit()).as(ended.errors()).isZero();
      assertNoFasterThanTheRate();
    }

    List<String> batch = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      batch.add("mkdir " + directory.resolve("made-" + i));
    }
    Path commands = Files.write(directory.resolve("batch"), batch);
    Command.Ended sftp = ssh.run("sftp", "-b", commands.toString(), "instance");
    assertThat(sftp.exit()).as(sftp.errors()).isZero();
    assertNoFasterThanTheRate();
    bastion.audit().await("file-changed", last("made-59"));
    awaitCount("file-changed", 60);

    int nobody = FreePort.next();
    for (int i = 0; i < 5; i++) {
      assertThat(ssh.ssh("-W", "127.0.0.1:" + nobody, "instance").exit()).isNotZero();
      assertThat(ssh.ssh("-W", "127.0.0.9:22", "bastion").exit()).isNotZero();
      assertThat(ssh.ssh("-W", "127.0.0.1:" + nobody, "bastion").exit()).isNotZero();
      assertThat(ssh.ssh("bastion", "reboot").exit()).isNotZero();
      assertNoFasterThanTheRate();
    }
    // Of inner and outer forwards.
    awaitCount("forward-failed", 10);
    awaitCount("forward-refused", 5);
    awaitCount("request-refused", 5);
    awaitCount("session-opened", 6);
    awaitCount("session-closed", 6);
    awaitCount("forward-opened", 6);
    awaitCount("forward-closed", 6);
    awaitCount("recording-started", 6);
    awaitCount("recording-finalised", 6);
    awaitCount("authentication-succeeded", 5 + 1 + 5 * 4);
    assertNoFasterThanTheRate();
  }
}
