package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who misbehaves is kept out for a time, and nobody else is. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PenaltiesTest {
  private static final String KEPT_OUT = "Not allowed at this time";
  private static final String ATTACKER = "127.0.0.5";

  @TempDir Path directory;

  private Command.Ended sshWithKeys(TestBastion bastion, String from, Path... keys) {
    List<String> words =
        new ArrayList<>(List.of("-b", from, "-p", Integer.toString(bastion.port())));
    for (Path key : keys) {
      words.addAll(List.of("-i", key.toString()));
    }
    words.add("alice@127.0.0.1");
    return bastion.ssh().ssh(words.toArray(String[]::new));
  }

  private Path wrongKey(String name) {
    return OpenSsh.makeKey(directory.resolve(name), "-t", "ed25519");
  }

  @Test
  void whoFailsToLogInTooOftenIsKeptOutForATimeAndOthersAreNot() throws IOException {
    Path wrong = wrongKey("wrong");
    Path alice = directory.resolve("alice");
    try (TestBastion bastion =
        TestBastion.start(
            directory,
            "penalties { exempt = [], authfail = \"8 s\", min = \"9 s\", max = \"10 s\" }")) {
      for (int i = 0; i < 2; i++) {
        assertThat(sshWithKeys(bastion, ATTACKER, wrong).errors()).contains("Permission denied");
      }
      AuditReader.Event began = bastion.audit().await("penalty-began");
      assertThat(began.json().at("/src_endpoint/ip").asString("")).isEqualTo(ATTACKER);
      assertThat(began.detail()).isEqualTo("failed to log in");

      assertThat(Strangers.knock(bastion, ATTACKER)).isEqualTo(KEPT_OUT);
      assertThat(sshWithKeys(bastion, ATTACKER, alice).exit()).isEqualTo(255);
      assertThat(sshWithKeys(bastion, "127.0.0.1", alice).exit()).isZero();

      AuditReader.Event ended = bastion.audit().await("penalty-ended");
      assertThat(ended.json().at("/unmapped/turned_away").asInt(0)).isEqualTo(2);
      assertThat(sshWithKeys(bastion, ATTACKER, alice).exit()).isZero();
    }
  }

  @Test
  void whoLogsInWithTheThirdKeyIsNotPenalisedForTheFirstTwo() throws IOException {
    Path first = wrongKey("first");
    Path second = wrongKey("second");
    try (TestBastion bastion =
        TestBastion.start(directory, "penalties { exempt = [], min = \"0 s\" }")) {
      for (int i = 0; i < 3; i++) {
        assertThat(sshWithKeys(bastion, ATTACKER, first, second, directory.resolve("alice")).exit())
            .isZero();
      }
      Condition.await(
          "all are over", () -> bastion.audit().events("connection-closed").size() == 3);
      assertThat(Strangers.knock(bastion, ATTACKER)).isEqualTo(Strangers.WELCOME);
      assertThat(bastion.audit().events("authentication-failed")).isEmpty();
      assertThat(bastion.audit().events("penalty-began")).isEmpty();
    }
  }

  @Test
  void whoConnectsAgainAndAgainWithoutLoggingInIsKeptOutAndOnlyCounted() throws IOException {
    try (TestBastion bastion = TestBastion.start(directory, "penalties { exempt = [] }")) {
      Condition.await(
          "more than 15 s have come together",
          () -> Strangers.knock(bastion, ATTACKER).equals(KEPT_OUT));
      for (int i = 0; i < 300; i++) {
        assertThat(Strangers.knock(bastion, ATTACKER)).isEqualTo(KEPT_OUT);
      }
      assertThat(Strangers.knock(bastion, "127.0.0.6")).isEqualTo(Strangers.WELCOME);
    }
    AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
    assertThat(audit.events("penalty-began")).hasSize(1);
    AuditReader.Event ended = audit.await("penalty-ended");
    assertThat(ended.detail()).isEqualTo("the bastion stops");
    assertThat(ended.json().at("/unmapped/turned_away").asInt(0)).isGreaterThan(300);
    assertThat(
            audit.events("noise-summary").stream()
                .mapToInt(summary -> summary.json().at("/unmapped/penalised").asInt(0))
                .sum())
        .isGreaterThan(300);
    assertThat(audit.events()).hasSizeLessThan(60);
  }

  @Test
  void whoDoesNotLogInInTimeIsKeptOut() throws IOException {
    try (TestBastion bastion =
            TestBastion.start(
                directory,
                "limits.login-grace = \"1 s\"",
                "penalties { exempt = [], min = \"5 s\" }");
        Socket silent = Strangers.connect(bastion, ATTACKER)) {
      assertThat(Strangers.firstLine(silent)).isEqualTo(Strangers.WELCOME);
      assertThat(bastion.audit().await("penalty-began").detail())
          .isEqualTo("did not log in in time");
      assertThat(Strangers.knock(bastion, ATTACKER)).isEqualTo(KEPT_OUT);
    }
  }

  @Test
  void penaltiesCanBeTurnedOff() throws IOException {
    try (TestBastion bastion =
        TestBastion.start(directory, "penalties { exempt = [], min = \"0 s\", enabled = false }")) {
      for (int i = 0; i < 5; i++) {
        assertThat(Strangers.knock(bastion, ATTACKER)).isEqualTo(Strangers.WELCOME);
      }
    }
  }
}
