package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a recording holds survives the worst end of the bastion. */
@Laboratory
class RecordedCrashIT {
  private final Vpc vpc;

  RecordedCrashIT(Vpc vpc) {
    this.vpc = vpc;
  }

  @Test
  void theNextStartCompletesWhatKillDashNineCutShort() {
    try (Bastion bastion = Bastion.of(vpc, "cut").start()) {
      // Says a line, and another every tenth of a second, until nobody listens.
      vpc.client()
          .background(
              "cut",
              "ssh -tt -J rita@cut recorded-web \"echo first; while echo more; do sleep 0.1; done\"");
      AuditLog.Event opened = bastion.awaits(0, "session-opened", event -> true);
      Until.holds(
          "the user sees a second and a half of it",
          () ->
              vpc.client().run("grep -c more /tmp/cut.log").out().strip().matches("\\d\\d+")
                  && Integer.parseInt(vpc.client().run("grep -c more /tmp/cut.log").text()) >= 15);
      long seen = Long.parseLong(vpc.client().run("grep -c more /tmp/cut.log").text());

      bastion.crashAndRestart();

      AuditLog.Event finalised =
          bastion.awaits(
              0, "recording-finalised", event -> event.at("/connection_uid").equals(opened.uid()));
      assertThat(finalised.json().at("/unmapped/truncated").asBoolean(false)).isTrue();
      assertThat(finalised.connection()).isEqualTo(opened.connection());
      assertThat(finalised.user()).isEqualTo("rita");
      assertThat(finalised.reason()).isNotBlank();
      assertThat(bastion.sallyport("recording list").succeeds().out())
          .contains(opened.uid())
          .contains("truncated");

      String output = bastion.cast(opened).output();
      assertThat(output).startsWith("first\r\n");
      // At most the last second is missing: ten lines.
      assertThat(output.lines().filter(line -> line.equals("more")).count())
          .isGreaterThanOrEqualTo(seen - 10);
      // What the log says of the file is what the file is.
      assertThat(
              bastion
                  .run(
                      "sha256sum %s/session.cast | cut -d' ' -f1"
                          .formatted(finalised.at("/file/path")))
                  .succeeds()
                  .text())
          .isEqualTo(
              finalised
                  .json()
                  .at("/unmapped/files")
                  .valueStream()
                  .filter(file -> file.at("/name").asString().equals("session.cast"))
                  .findFirst()
                  .orElseThrow()
                  .at("/sha256")
                  .asString());
      bastion.auditLog().hasNoGaps();
      vpc.client().run("ssh -J rita@cut recorded-web true").succeeds();
    }
  }
}
