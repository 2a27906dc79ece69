package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the disk of the recordings is full, the guarantee decides who gives way. */
@Laboratory
class RecordedFullDiskIT {
  private static final String FILLER = "/var/lib/sallyport/recordings/filler";

  private final Vpc vpc;
  private final Machine client;

  RecordedFullDiskIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
  }

  @Test
  void strictEndsASessionThatCannotBeRecorded() {
    try (Bastion bastion =
        Bastion.of(vpc, "strict", "sallyport.recording.reserve = \"4 MiB\"")
            .withSmallRecordings(8)
            .start()) {
      AuditLog.Event opened = open(bastion, "strict");

      // Below the reserve nothing new begins, and what has begun goes on.
      bastion.run("head -c 5M /dev/zero >" + FILLER).succeeds();
      Result refused = client.run("ssh -J rita@strict recorded-web true").fails();
      assertThat(refused.err()).contains("sallyport: ").contains("record");
      assertThat(client.run("ssh rita@strict ssh ec2-user@%s true".formatted(web())).fails().err())
          .contains("sallyport: ")
          .contains("record");
      assertThat(bastion.awaits(0, "recordings-space", event -> true).at("/unmapped/low"))
          .isEqualTo("true");
      say("below the reserve");
      Until.holds("it is heard", () -> heard("strict", "below the reserve"));

      fill(bastion);
      flood();
      Until.holds("the session has ended", () -> heard("strict", "sallyport: "));
      assertThat(client.read("/tmp/strict.log")).contains("record").doesNotContain("after");
      AuditLog.Event failed =
          bastion.awaits(
              0, "recording-failed", event -> event.at("/connection_uid").equals(opened.uid()));
      assertThat(failed.at("/unmapped/session_goes_on")).isEqualTo("false");
      bastion.awaits(0, "session-closed", event -> event.uid().equals(opened.uid()));

      bastion.run("rm %s %1$s2".formatted(FILLER)).succeeds();
      Until.holds(
          "sessions begin again",
          () -> client.run("ssh -J rita@strict recorded-web true").exit() == 0);
      assertThat(bastion.auditLog().of("recordings-space")).hasSize(2);
      bastion.auditLog().hasNoGaps();
    }
  }

  @Test
  void bestEffortLetsASessionGoOnAndSaysSo() {
    try (Bastion bastion =
        Bastion.of(
                vpc, "effort", "sallyport.recording { reserve = \"0 B\", guarantee = best-effort }")
            .withSmallRecordings(4)
            .start()) {
      AuditLog.Event opened = open(bastion, "effort");
      fill(bastion);
      flood();
      say("after");
      Until.holds("the session continues", () -> heard("effort", "after"));
      AuditLog.Event failed = bastion.awaits(0, "recording-failed", event -> true);
      assertThat(failed.at("/connection_uid")).isEqualTo(opened.uid());
      assertThat(failed.at("/unmapped/session_goes_on")).isEqualTo("true");
      assertThat(failed.reason()).isNotBlank();
      // New ones are let in without a record too, and each is told.
      client.run("ssh -J rita@effort recorded-web true").succeeds();
      Until.holds(
          "the second is told", () -> bastion.auditLog().of("recording-failed").count() == 2);
      say("quit");
      AuditLog.Event closed =
          bastion.awaits(0, "session-closed", event -> event.uid().equals(opened.uid()));
      assertThat(closed.at("/unmapped/exit_status")).isEqualTo("0");
    }
  }

  private String web() {
    return vpc.privateAddress(vpc.web());
  }

  /** A session on the web machine that prints every line of a file that it is fed. */
  private AuditLog.Event open(Bastion bastion, String name) {
    vpc.web().run("rm -f /tmp/told && touch /tmp/told && chmod 666 /tmp/told").succeeds();
    client.background(
        name,
        "ssh -tt -J rita@%s recorded-web \"tail -f /tmp/told | sed -u /quit/q\"".formatted(name));
    say("begun");
    Until.holds("the session is open", () -> heard(name, "begun"));
    return bastion.awaits(0, "session-opened", event -> event.user().equals("rita"));
  }

  private void say(String line) {
    vpc.web().run("echo '%s' >>/tmp/told".formatted(line)).succeeds();
  }

  /** More than any buffer on the way to the disk holds. */
  private void flood() {
    vpc.web().run("seq 100000 >>/tmp/told").succeeds();
  }

  private boolean heard(String name, String text) {
    return client.run("grep -qF '%s' /tmp/%s.log".formatted(text, name)).exit() == 0;
  }

  private static void fill(Bastion bastion) {
    bastion.run("dd if=/dev/zero of=%s bs=4k; test -s %1$s".formatted(FILLER + "2")).succeeds();
  }
}
