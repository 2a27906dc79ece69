package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is typed is recorded only where a rule says so, and a password nowhere. */
@Laboratory
class RecordedSecretsIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  RecordedSecretsIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @Test
  void thePasswordTypedToSudoIsNotInTheRecordOfWhatWasTyped() {
    Cast recorded = sudo("carl", bastion, "bastion");
    assertThat(recorded.input()).contains("sudo -k whoami\r").contains("echo after\r");
    isNowhere();
  }

  @Test
  void withoutInputInTheRuleNothingTypedIsRecorded() {
    assertThat(sudo("rita", bastion, "bastion").input()).isEmpty();
    isNowhere();
  }

  /** On a bastion of its own, or the password would be found by the other tests. */
  @Test
  void inputWithoutEchoRecordsThePasswordInTheRecordAndNowhereElse() {
    try (Bastion own = Bastion.of(vpc, "allrecorded").start()) {
      // The first time ssh says that it remembers the bastion's key.
      client.run("ssh -J ines@allrecorded recorded-web true").succeeds();
      assertThat(sudo("ines", own, "allrecorded").input())
          .contains("sudo -k whoami\r" + Vpc.PASSWORD + "\r")
          .contains("echo after\r");
      Result found = own.run("grep -rlF '%s' /var/lib/sallyport".formatted(Vpc.PASSWORD));
      assertThat(found.succeeds().out().lines())
          .singleElement()
          .asString()
          .startsWith("/var/lib/sallyport/recordings/")
          .endsWith("/session.cast");
    }
  }

  private Cast sudo(String user, Bastion bastion, String name) {
    long mark = bastion.mark();
    Cast seen =
        new Typist(client, "ssh -q -J %s@%s recorded-web".formatted(user, name))
            .sees("$ ")
            .rests()
            .enters("sudo -k whoami")
            .sees("password for ec2-user:")
            .rests()
            .enters(Vpc.PASSWORD)
            .sees("root\r\n")
            .rests()
            .enters("echo after")
            .sees("after\r\n")
            .rests()
            .enters("exit")
            .in(80, 24)
            .succeeds();
    Cast recorded =
        bastion.cast(bastion.awaits(mark, "session-closed", event -> event.user().equals(user)));
    assertThat(recorded.output()).isEqualTo(seen.output()).contains("password for ec2-user:");
    return recorded;
  }

  private void isNowhere() {
    Result found = bastion.run("grep -rlF '%s' /var/lib/sallyport".formatted(Vpc.PASSWORD));
    assertThat(found.exit()).as("%s", found).isEqualTo(1);
    // The search does find what is there.
    bastion.run("grep -rlF 'password for ec2-user' /var/lib/sallyport").succeeds();
  }
}
