package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code second-factor = enrolled}: alice, who is enrolled, must show a code of her app, and
 * mallory, who is not, a key alone. Stock ssh, {@code oathtool} as the app.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OneTimeCodeTest {
  @TempDir Path directory;
  private CodeApp app;
  private TestBastion bastion;

  @BeforeEach
  void start() throws Exception {
    app = CodeApp.enroll(directory, "alice");
    open();
  }

  private void open() throws IOException {
    bastion =
        TestBastion.start(
            directory,
            "auth.methods = \"publickey,keyboard-interactive\"",
            "auth.second-factor = enrolled",
            "auth.plugins += " + CodeApp.plugin(directory));
  }

  @AfterEach
  void stop() {
    bastion.close();
  }

  private Command.Ended login(String code, String... words) throws Exception {
    return CodeApp.login(bastion, directory, code, words);
  }

  private long failures(String reason) {
    return bastion.audit().events("authentication-failed").stream()
        .filter(event -> event.detail().equals(reason))
        .count();
  }

  @Test
  void letsInWhoHasTheKeyAndTheCode() throws Exception {
    Command.Ended ended = login(app.next(), "bastion");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.output()).startsWith("You are alice");
    var event = bastion.audit().await("authentication-succeeded").json();
    assertThat(event.path("auth_protocol").asString(""))
        .isEqualTo("publickey,keyboard-interactive");
    assertThat(event.path("is_mfa").asBoolean(false)).isTrue();
    assertThat(event.at("/unmapped/second_factor").asString("")).isEqualTo("totp: one-time code");
  }

  @Test
  void refusesACodeThatWasUsedAlsoAfterARestart() throws Exception {
    String code = app.next();
    assertThat(login(code, "bastion").exit()).isZero();

    assertThat(login(code, "bastion").exit()).isEqualTo(255);
    assertThat(failures("the code was used before")).isEqualTo(1);
    bastion.close();
    open();
    assertThat(login(code, "bastion").exit()).isEqualTo(255);
    assertThat(failures("the code was used before")).isEqualTo(2);
    assertThat(login(app.next(), "bastion").exit()).isZero();
  }

  @Test
  void aRecoveryCodeStandsInOnceAndTheLogSaysSo() throws Exception {
    String code = app.recoveryCodes().getFirst();
    assertThat(login(code, "bastion").exit()).isZero();

    assertThat(
            bastion
                .audit()
                .await("authentication-succeeded")
                .json()
                .at("/unmapped/second_factor")
                .asString(""))
        .isEqualTo("totp: recovery code, 9 are left");
    assertThat(login(code, "bastion").exit()).isEqualTo(255);
  }

  @Test
  void theKeyAloneIsNotEnoughForWhoIsEnrolled() {
    Command.Ended ended = bastion.ssh().ssh("bastion");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("Permission denied (keyboard-interactive)");
    assertThat(bastion.audit().events("authentication-succeeded")).isEmpty();
  }

  @Test
  void whoIsNotEnrolledIsAskedForNothing() {
    Command.Ended ended = bastion.ssh().ssh("-v", "bastion-as-mallory");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.errors())
        .contains("using \"publickey\"")
        .doesNotContain("partial success", "keyboard-interactive");
    var event = bastion.audit().await("authentication-succeeded").json();
    assertThat(event.path("auth_protocol").asString("")).isEqualTo("publickey");
    assertThat(event.path("is_mfa").asBoolean(true)).isFalse();
  }

  @Test
  void whoFloodsWithWrongCodesIsStoppedAndNobodyElseIs() throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(login("00000" + i, "bastion").exit()).isEqualTo(255);
    }

    assertThat(failures("the code is wrong")).isEqualTo(5);
    Command.Ended tooMany = login(app.next(), "bastion");
    assertThat(tooMany.exit()).isEqualTo(255);
    assertThat(tooMany.errors()).contains("Too many codes were tried for you. Wait a minute");
    assertThat(bastion.ssh().ssh("bastion-as-mallory").exit()).isZero();
  }
}
