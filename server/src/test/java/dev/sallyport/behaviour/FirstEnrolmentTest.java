package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The block of docs/operating.md about a second factor, on a bastion where nobody was ever
 * enrolled.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FirstEnrolmentTest {
  @TempDir Path directory;

  private Command serve(String secondFactor) throws IOException {
    Path file =
        TestBastion.prepare(
            directory,
            "auth.methods = \"publickey,keyboard-interactive\"",
            "auth.second-factor = " + secondFactor,
            "auth.plugins += " + CodeApp.plugin(directory),
            "rules = [ { name = production, groups = [ops], to = [\"127.0.0.1:1-65535\"], mfa ="
                + " true } ]");
    return TestBastion.serve(file);
  }

  private AuditReader audit() {
    return new AuditReader(TestBastion.auditDirectory(directory));
  }

  private OpenSsh clients() {
    return TestBastion.clients(directory, TestBastion.awaitPort(audit()));
  }

  @Test
  void usersLogInWithTheirKeyUntilTheFirstIsEnrolledAndARuleStillDemandsTheFactor()
      throws Exception {
    try (Command server = serve("enrolled")) {
      OpenSsh clients = clients();
      server.awaitErrors(
          "nobody has a second factor yet: run sallyport second-factor enroll --user <name>");

      Command.Ended before = clients.ssh("bastion");
      assertThat(before.exit()).as(before.errors()).isZero();
      assertThat(before.output()).startsWith("You are alice");
      assertThat(clients.ssh("-W", "127.0.0.1:9", "bastion").errors())
          .contains("demands a second factor, and this login had none");
      assertThat(server.errors()).doesNotContain("failed");

      CodeApp.enroll(directory, "alice");
      Command.Ended without = clients.ssh("bastion");
      assertThat(without.exit()).isEqualTo(255);
      assertThat(without.errors()).contains("Permission denied (keyboard-interactive)");
      assertThat(clients.ssh("bastion-as-mallory").exit()).as("is not enrolled").isZero();
    }
  }

  @Test
  void whereEveryoneMustHaveOneTheUserReadsWhatToAskFor() throws Exception {
    try (Command server = serve("everyone")) {
      Command.Ended ended =
          clients().ssh("-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1", "bastion");
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors())
          .contains(
              "your key was accepted, but this bastion demands a second factor and you have none");
      assertThat(audit().await("authentication-failed").detail())
          .isEqualTo("the user has no second factor");
      assertThat(server.errors()).doesNotContain("failed");
    }
  }

  /** A folder that is gone is another matter: nobody may log in past it, and the log says why. */
  @Test
  void whenTheFolderIsLostTheAuditLogSaysWhy() throws Exception {
    CodeApp.enroll(directory, "alice");
    Files.move(directory.resolve("totp"), directory.resolve("lost"));
    try (Command server = serve("enrolled")) {
      assertThat(clients().ssh("-o", "BatchMode=no", "bastion").exit()).isEqualTo(255);
      assertThat(audit().await("authentication-failed").detail())
          .isEqualTo(
              "the plugin failed: %s/totp does not exist, but users were enrolled in it: restore it,"
                      .formatted(directory)
                  + " or enroll a user again");
      server.awaitErrors("nobody can pass the second factor: " + directory + "/totp does not");
    }
  }
}
