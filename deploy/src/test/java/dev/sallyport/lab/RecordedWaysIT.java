package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to a recorded session, and everything the bastion may log in to the target with. */
@Laboratory
class RecordedWaysIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;
  private final String web;

  RecordedWaysIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
    web = vpc.privateAddress(vpc.web());
  }

  @Test
  void jumpingWithJIsRecorded() {
    long mark = bastion.mark();
    Result session =
        client.run(
            "ssh -J rita@bastion recorded-web 'whoami; cat /etc/instance; echo told >&2; exit 7'");
    assertThat(session.exit()).as("%s", session).isEqualTo(7);
    assertThat(session.out()).isEqualTo("ec2-user\nweb\n");
    assertThat(session.err()).contains("told");

    AuditLog.Event closed = isRecorded(mark, "rita", "recorded-key", "inspected-forward");
    assertThat(closed.at("/unmapped/exit_status")).isEqualTo("7");
    assertThat(bastion.sallyport("recording export %s --format text".formatted(closed.uid())).out())
        .contains("ec2-user", "told");
    assertThat(
            bastion
                .sallyportAsRoot("recording export %s --format text".formatted(closed.uid()))
                .succeeds()
                .err())
        .isEmpty();
    for (String reader : new String[] {"sallyport", "root"}) {
      bastion.awaits(
          mark,
          "recording-read",
          event -> event.user().equals(reader) && event.at("/connection_uid").equals(closed.uid()));
    }
  }

  @Test
  void theFoundingCommandsAreRecordedWhenTheClientTrustsTheHostCa() {
    long mark = bastion.mark();
    Result shell =
        client.run(
            """
            ssh -N -L 33322:%s:22 rita@bastion &
            tunnel=$!
            until ss -Hltn sport = :33322 | grep -q .; do kill -0 $tunnel || exit 99; done
            echo 'whoami; cat /etc/instance' |
              ssh -o NoHostAuthenticationForLocalhost=no -o StrictHostKeyChecking=yes \\
                -o UserKnownHostsFile=recorded_hosts -i bastion-to-private.pem -p 33322 ec2-user@localhost
            status=$?
            kill $tunnel
            exit $status
            """
                .formatted(web));
    assertThat(shell.succeeds().out()).endsWith("ec2-user\nweb\n");
    isRecorded(mark, "rita", "recorded-key", "inspected-forward");
  }

  @Test
  void theGatewayCommandIsRecorded() {
    long mark = bastion.mark();
    Cast seen =
        new Typist(client, "ssh -q -t rita@bastion ssh ec2-user@%s".formatted(web))
            .sees("$ ")
            .enters("tty && cat /etc/instance")
            .sees("/dev/pts/")
            .sees("web\r\n")
            .rests()
            .enters("exit")
            .in(80, 24)
            .succeeds();
    AuditLog.Event closed = isRecorded(mark, "rita", "recorded-key", "gateway-command");
    assertThat(bastion.cast(closed).output()).isEqualTo(seen.output());
  }

  @Test
  void theGatewayCommandGivesBackTheExitStatusOfTheTarget() {
    long mark = bastion.mark();
    Result ran =
        client.run("ssh rita@bastion ssh ec2-user@%s 'cat /etc/instance; exit 5'".formatted(web));
    assertThat(ran.exit()).as("%s", ran).isEqualTo(5);
    assertThat(ran.out()).isEqualTo("web\n");
    isRecorded(mark, "rita", "recorded-key", "gateway-command");
  }

  @Test
  void sessionsFromThePromptAreRecorded() {
    long mark = bastion.mark();
    Cast seen =
        new Typist(client, "ssh -q rita@bastion")
            .sees("This is a bastion")
            .rests()
            .enters("hosts")
            .sees("recorded-key")
            .rests()
            .enters("ssh ec2-user@" + web)
            .sees("$ ")
            .rests()
            .enters("cat /etc/instance")
            .sees("web\r\n")
            .rests()
            .enters("exit")
            .rests()
            .enters("exit")
            .in(80, 24)
            .succeeds();
    AuditLog.Event closed = isRecorded(mark, "rita", "recorded-key", "gateway-prompt");
    assertThat(seen.output()).contains(bastion.cast(closed).output());
  }

  @Test
  void everyWayReachesATargetOverIpv6() {
    String address = vpc.privateIpv6Address(vpc.web());
    client
        .run("ssh -J rita@bastion -o HostName=%s recorded-web true".formatted(address))
        .succeeds();
    client.run("ssh rita@bastion ssh ec2-user@%s true".formatted(address)).succeeds();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "rita,  recorded-key,   ''",
    "carl,  recorded-ca,    ''",
    "agnes, recorded-agent, eval $(ssh-agent) >/dev/null && ssh-add -q bastion-to-private.pem;",
  })
  void logsInWithTheCredentialThatTheRuleNames(String user, String rule, String before) {
    String agent = before.isEmpty() ? "" : "-A";
    long mark = bastion.mark();
    assertThat(
            client
                .run(
                    "%s ssh %s -J %s@bastion recorded-web cat /etc/instance; ssh-agent -k >&2"
                        .formatted(before, agent, user))
                .out())
        .isEqualTo("web\n");
    isRecorded(mark, user, rule, "inspected-forward");

    mark = bastion.mark();
    assertThat(
            client
                .run(
                    "%s ssh %s %s@bastion ssh ec2-user@%s cat /etc/instance; ssh-agent -k >&2"
                        .formatted(before, agent, user, web))
                .out())
        .isEqualTo("web\n");
    isRecorded(mark, user, rule, "gateway-command");
  }

  @Test
  void theCertificateNamesTheUserAndTheConnectionToTheTarget() {
    long mark = bastion.mark();
    client.run("ssh -J carl@bastion recorded-web true").succeeds();
    AuditLog.Event closed = isRecorded(mark, "carl", "recorded-ca", "inspected-forward");
    assertThat(vpc.web().run("grep 'Accepted publickey' " + Vpc.SSHD_LOG).succeeds().out().lines())
        .anySatisfy(line ->
            assertThat(line)
                .contains("ED25519-CERT", " ID ", "carl", closed.connection(), " CA ED25519 "));
  }

  @Test
  void withoutAForwardedAgentTheUserIsToldToForwardOne() {
    long mark = bastion.mark();
    Result refused = client.run("ssh -J agnes@bastion recorded-web true").fails();
    assertThat(refused.err()).contains("sallyport: ").contains("-A");
    assertThat(
            bastion.awaits(mark, "session-failed", event -> event.user().equals("agnes")).reason())
        .isNotBlank();
  }

  @Test
  void aLoginThatTheRuleDoesNotNameIsRefusedInWords() {
    Result inspected = client.run("ssh -J rita@bastion root@recorded-web true").fails();
    assertThat(inspected.err()).contains("root").contains("recorded-key");
    Result gateway = client.run("ssh rita@bastion ssh root@%s true".formatted(web)).fails();
    assertThat(gateway.err()).contains("root").contains("recorded-key");
  }

  @Test
  void aTargetThatNoRuleNamesIsRefusedAtTheGatewayToo() {
    long mark = bastion.mark();
    String loopback = "ssh rita@bastion ssh ec2-user@127.0.0.1 true";
    assertThat(client.run(loopback).fails().err()).contains("sallyport: ");
    // A target that rita may reach only without a record is none of the gateway's.
    assertThat(
            client.run("ssh rita@bastion ssh -p 23 ec2-user@%s true".formatted(web)).fails().err())
        .contains("no rule");
    assertThat(bastion.auditLog().after(mark).of("session-opened")).isEmpty();
  }

  /** The session of this user that began after the mark is in the log and in the list. */
  private AuditLog.Event isRecorded(long mark, String user, String rule, String way) {
    AuditLog.Event closed =
        bastion.awaits(mark, "session-closed", event -> event.user().equals(user));
    assertThat(closed.rule()).isEqualTo(rule);
    assertThat(closed.at("/unmapped/way")).isEqualTo(way);
    assertThat(closed.at("/unmapped/login")).isEqualTo("ec2-user");
    assertThat(closed.targetAddress()).isEqualTo(web);
    assertThat(closed.source()).isEqualTo(vpc.internetAddress(client));
    AuditLog.Event finalised =
        bastion.awaits(
            mark, "recording-finalised", event -> event.at("/connection_uid").equals(closed.uid()));
    assertThat(finalised.json().at("/unmapped/truncated").asBoolean(true)).isFalse();
    assertThat(bastion.sallyport("recording list --user " + user).succeeds().out())
        .contains(closed.uid());
    return closed;
  }
}
