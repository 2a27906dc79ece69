package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules with {@code mfa = true}, on every way to a target: alice has a second factor, mallory logs
 * in with a key alone. The rule that demands it stands before one that would let everybody through.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SecondFactorRuleTest {
  private static final String SENTENCE =
      " demands a second factor, and this login had none: log in again with one, or ask the"
          + " bastion's operator to enroll you";

  @TempDir static Path directory;
  private static CodeApp app;
  private static TestBastion bastion;
  private static OpenSshd recorded;
  private static OpenSshd secret;
  private static TcpTarget database;

  @BeforeAll
  static void start() throws Exception {
    recorded = new OpenSshd(directory.resolve("recorded"));
    secret = new OpenSshd(directory.resolve("secret"));
    database =
        TcpTarget.that((target, socket) ->
            target.write(socket, "hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    app = CodeApp.enroll(directory, "alice");
    bastion =
        TestBastion.start(
            directory,
            "auth.methods = \"publickey,keyboard-interactive\"",
            "auth.second-factor = enrolled",
            "auth.plugins += " + CodeApp.plugin(directory),
            "recording.reserve = \"0 B\"",
            "credentials { recorded = { type = key, file = \"%s\" }, secret = { type = key, file = \"%s\" } }"
                .formatted(recorded.identity(), secret.identity()),
            """
            rules = [
              { name = database, users = ["*"], to = ["127.0.0.1:%1$d"], mfa = true }
              { name = secret, users = ["*"], to = ["127.0.0.1:%2$d"], mfa = true, record = session
                logins = ["*"], credential = secret }
              { name = recorded, users = ["*"], to = ["127.0.0.1:%3$d"], record = session
                logins = ["*"], credential = recorded, inner = [forward] }
              { name = everything, users = ["*"], to = ["127.0.0.1:1-65535"] }
            ]\
            """
                .formatted(database.port(), secret.port(), recorded.port()));
  }

  @AfterAll
  static void stop() throws Exception {
    bastion.close();
    database.close();
    secret.close();
    recorded.close();
  }

  private static Command.Ended asAlice(String... words) throws Exception {
    return CodeApp.login(bastion, directory, app.next(), words);
  }

  private static void isInTheLog(int port) {
    AuditReader.Event refused =
        bastion
            .audit()
            .await(
                "forward-refused",
                event -> event.user().equals("mallory") && event.target().endsWith(":" + port));
    assertThat(refused.rule()).isEqualTo("second-factor");
  }

  @Test
  void aForwardIsRefusedInWordsThatSayWhatToDo() throws Exception {
    String target = "127.0.0.1:" + database.port();

    Command.Ended without = bastion.ssh().ssh("-W", target, "bastion-as-mallory");

    assertThat(without.errors()).contains(target + SENTENCE);
    assertThat(without.output()).isEmpty();
    isInTheLog(database.port());
    assertThat(asAlice("-W", target, "bastion").output()).isEqualTo("hello\n");
  }

  @Test
  void aGatewaySessionIsRefusedInTheSameWords() throws Exception {
    String command = "ssh -p %d %s@127.0.0.1 echo inside".formatted(secret.port(), secret.user());

    Command.Ended without = bastion.ssh().ssh("bastion-as-mallory", command);

    assertThat(without.exit()).isNotZero();
    assertThat(without.errors()).contains("127.0.0.1:" + secret.port() + SENTENCE);
    Command.Ended with = asAlice("bastion", command);
    assertThat(with.output()).as(with.errors()).isEqualTo("inside\n");
  }

  @Test
  void anInspectedForwardIsRefusedInTheSameWords() {
    Command.Ended without =
        bastion.ssh().ssh("-W", "127.0.0.1:" + secret.port(), "bastion-as-mallory");

    assertThat(without.errors()).contains("127.0.0.1:" + secret.port() + SENTENCE);
  }

  /** Inspection is no way round: the inner forward goes out from the target, by the same rules. */
  @Test
  void aForwardInsideARecordedConnectionIsRefusedToo() throws Exception {
    bastion
        .ssh()
        .host(
            "recorded",
            "HostName 127.0.0.1",
            "Port " + recorded.port(),
            "User " + recorded.user(),
            "IdentityFile none",
            "ProxyJump bastion-as-mallory");

    Command.Ended without = bastion.ssh().ssh("-W", "127.0.0.1:" + database.port(), "recorded");

    assertThat(without.errors()).contains("127.0.0.1:" + database.port() + SENTENCE);
    assertThat(without.output()).isEmpty();
    assertThat(bastion.ssh().ssh("recorded", "echo inside").output()).isEqualTo("inside\n");
  }

  @Test
  void theGreetingSaysWhichRulesDemandOne() throws Exception {
    assertThat(bastion.ssh().ssh("bastion-as-mallory").output())
        .contains("(rule database, which demands a second factor)", "(rule everything)");
    assertThat(asAlice("bastion").output()).contains("(rule database)");
  }
}
