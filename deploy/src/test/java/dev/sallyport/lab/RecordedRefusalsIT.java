package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recorded connection refuses, in words that the user reads and the log keeps. */
@Laboratory
class RecordedRefusalsIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;
  private final String web;
  private final String db;

  RecordedRefusalsIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
    web = vpc.privateAddress(vpc.web());
    db = vpc.privateAddress(vpc.db());
  }

  @AfterEach
  void stopTheOtherSshd() {
    vpc.db().run("test ! -e /run/other.pid || kill $(cat /run/other.pid)").succeeds();
    Until.holds(
        "the other sshd has ended",
        () -> vpc.db().run("ss -Hltn sport = :2222 | grep -q .").exit() != 0);
  }

  /** A second sshd, whose host key is this test's own. */
  private void otherSshd() {
    vpc.db()
        .run(
            """
            rm -f /etc/ssh/other* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/other &&
              /usr/sbin/sshd -p 2222 -h /etc/ssh/other -o PidFile=/run/other.pid
            """)
        .succeeds();
    Until.holds(
        "the other sshd listens",
        () -> vpc.db().run("ss -Hltn sport = :2222 | grep -q .").exit() == 0);
  }

  @Test
  void aTargetWhoseHostKeyHasChangedIsRefusedUntilItIsForgotten() {
    String jump = "ssh -p 2222 -J rita@bastion recorded-db cat /etc/instance";
    String gateway = "ssh rita@bastion ssh -p 2222 ec2-user@%s cat /etc/instance".formatted(db);
    String host = db + ":2222";
    bastion.sallyport("known-hosts forget " + host);
    otherSshd();
    long mark = bastion.mark();
    client.run(jump).succeeds();
    AuditLog.Event accepted = bastion.awaits(mark, "target-key-accepted", event -> true);
    assertThat(vpc.db().run("ssh-keygen -lf /etc/ssh/other.pub").out())
        .contains(accepted.fingerprint());
    assertThat(bastion.sallyport("known-hosts list").succeeds().out()).contains(db);
    client.run(gateway).succeeds();

    stopTheOtherSshd();
    otherSshd();
    for (String way : new String[] {jump, gateway}) {
      mark = bastion.mark();
      Result refused = client.run(way).fails();
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err()).contains("sallyport: ").contains("host key").contains(db);
      AuditLog.Event event = bastion.awaits(mark, "target-key-refused", found -> true);
      assertThat(event.user()).isEqualTo("rita");
      assertThat(event.targetPort()).isEqualTo(2222);
      assertThat(event.allowed()).isFalse();
      assertThat(bastion.auditLog().after(mark).of("session-opened")).isEmpty();
    }

    assertThat(bastion.sallyport("known-hosts forget " + host).succeeds().out()).contains(db);
    client.run(jump).succeeds();
    client.run(gateway).succeeds();
  }

  @Test
  void aTargetThatIsDownIsASentenceAndNoHang() {
    long mark = bastion.mark();
    Result jump = client.run("ssh -p 2223 -J rita@bastion recorded-db true").fails();
    assertThat(jump.err()).contains(db + ":2223");
    bastion.awaits(mark, "forward-failed", event -> event.user().equals("rita"));

    mark = bastion.mark();
    Result gateway =
        client.run("ssh rita@bastion ssh -p 2223 ec2-user@%s true".formatted(db)).fails();
    assertThat(gateway.err()).contains("sallyport: ").contains(db + ":2223");
    long after = mark;
    Until.holds(
        "the failure is in the log",
        () ->
            bastion.auditLog().after(after).events().stream()
                .anyMatch(event ->
                    event.user().equals("rita")
                        && event.targetPort() == 2223
                        && event.code().endsWith("-failed")));
  }

  @Test
  void aTargetThatSpeaksNoSshIsASentenceAndNoHang() {
    Result jump = client.run("ssh -p 8000 -J rita@bastion recorded-web true").fails();
    assertThat(jump.err()).contains("sallyport: ");
    Result gateway =
        client.run("ssh rita@bastion ssh -p 8000 ec2-user@%s true".formatted(web)).fails();
    assertThat(gateway.err()).contains("sallyport: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.0\\r\\n\\r\\n",
        "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03",
        "SSH-1.5-old\\r\\n",
      })
  void bytesThatAreNotSshAreRefused(String bytes) {
    long mark = bastion.mark();
    Result answer =
        client.run("printf '%s' | timeout 20 ssh -W %s:22 rita@bastion".formatted(bytes, web));
    assertThat(answer.exit()).isNotEqualTo(124);
    assertThat(answer.out())
        .matches("SSH-2\\.0-[ -~]+\r\nsallyport: [ -~]* only SSH is allowed in it\r\n");
    AuditLog.Event closed =
        bastion.awaits(mark, "forward-closed", event -> event.user().equals("rita"));
    assertThat(closed.reason()).isNotBlank();
    assertThat(bastion.auditLog().after(mark).of("session-opened")).isEmpty();
    // The target has seen nothing of it.
    assertThat(closed.reason()).contains("SSH");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      value = {
        "-L ~ direct-tcpip ~ timeout 20 ssh -N -L 34100:%1$s:8000 -J rita@bastion recorded-web & ssh=$!;"
            + " until ss -Hltn sport = :34100 | grep -q .; do kill -0 $ssh || exit 99; done;"
            + " curl -sS -m 5 http://localhost:34100/instance; s=$?; kill $ssh; exit $s",
        "-D ~ direct-tcpip ~ timeout 20 ssh -N -D 34101 -J rita@bastion recorded-web & ssh=$!;"
            + " until ss -Hltn sport = :34101 | grep -q .; do kill -0 $ssh || exit 99; done;"
            + " curl -sS -m 5 --socks5 localhost:34101 http://%1$s:8000/instance; s=$?; kill $ssh; exit $s",
        "-W ~ direct-tcpip ~ ssh -W %1$s:8000 -J rita@bastion recorded-web </dev/null",
        "-R ~ tcpip-forward ~ ssh -o ExitOnForwardFailure=yes -N -R 34102:localhost:22 -J rita@bastion recorded-web",
        "-R unix ~ streamlocal ~ ssh -o ExitOnForwardFailure=yes -N -R /tmp/sock:localhost:22 -J rita@bastion recorded-web",
        "-A ~ auth-agent-req ~ eval $(ssh-agent) >/dev/null; ssh -A -J rita@bastion recorded-web"
            + " 'test -n \"$SSH_AUTH_SOCK\"'; s=$?; ssh-agent -k >&2; exit $s",
        "-X ~ x11-req ~ DISPLAY=:9 ssh -Y -J rita@bastion recorded-web 'test -n \"$DISPLAY\"'",
      })
  void insideARecordedConnectionNothingButSessionsIsAllowed(
      String option, String request, String command) {
    long mark = bastion.mark();
    Result tried = client.run(command.formatted(web)).fails();
    assertThat(tried.exit()).as("%s", tried).isNotIn(2, 99); // the shell's own
    AuditLog.Event refused =
        bastion.awaits(
            mark,
            "request-refused",
            event ->
                event.user().equals("rita") && event.at("/unmapped/request").contains(request));
    assertThat(refused.reason()).isNotBlank();
    assertThat(bastion.auditLog().after(mark).of("forward-opened").map(AuditLog.Event::targetPort))
        .isSubsetOf(22);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"%1$s:8000", "localhost:8000"})
  void anInnerForwardThatARuleAllowsWorksAndIsRecorded(String to) {
    long mark = bastion.mark();
    assertThat(inner(to.formatted(web)).succeeds().out()).endsWith("web\n");
    AuditLog.Event closed =
        bastion.awaits(mark, "forward-closed", event -> event.targetPort() == 8000);
    assertThat(closed.user()).isEqualTo("agnes");
    assertThat(closed.rule()).isEqualTo("inner-http");
    assertThat(closed.bytesFromTarget()).isPositive();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "db:8000, no-rule",
    "127.0.0.1:7001, no-rule",
    "169.254.169.254:80, metadata-service",
    // Recorded by a rule: not to be reached through a connection that is not.
    "db:22, ''",
  })
  void anInnerForwardIsDecidedByTheSameRules(String to, String denial) {
    long mark = bastion.mark();
    Result refused = inner(to.replace("db", db));
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(refused.err()).contains("administratively prohibited");
    AuditLog.Event event =
        bastion.awaits(mark, "forward-refused", found -> found.user().equals("agnes"));
    assertThat(event.rule()).contains(denial);
  }

  @Test
  void theAgentReachesTheTargetWhereTheRuleSaysSo() {
    assertThat(
            client
                .run(
                    """
                    eval $(ssh-agent) >/dev/null && ssh-add -q bastion-to-private.pem
                    ssh -A -J agnes@bastion recorded-web ssh-add -l
                    status=$?; ssh-agent -k >&2; exit $status
                    """)
                .succeeds()
                .out())
        .contains("RSA");
  }

  @Test
  void remoteForwardsAndX11AreRefusedEvenWhereForwardsAreAllowed() {
    long mark = bastion.mark();
    withAgent(
            "ssh -A -o ExitOnForwardFailure=yes -N -R 34102:localhost:22 -J agnes@bastion recorded-web")
        .fails();
    bastion.awaits(
        mark, "request-refused", event -> event.at("/unmapped/request").contains("tcpip-forward"));
    withAgent("DISPLAY=:9 ssh -A -Y -J agnes@bastion recorded-web 'test -n \"$DISPLAY\"'").fails();
    bastion.awaits(mark, "request-refused", event -> event.at("/unmapped/request").contains("x11"));
  }

  /** Asks for a page through {@code ssh -A -L} inside a recorded connection of agnes. */
  private Result inner(String to) {
    return withAgent(
        """
        ssh -A -L 34200:%s -J agnes@bastion recorded-web 'read end' < <(exec sleep 20) & ssh=$!
        until ss -Hltn sport = :34200 | grep -q .; do kill -0 $ssh || exit 99; done
        curl -sS -f -m 10 http://localhost:34200/instance; status=$?
        kill $ssh; wait $ssh
        (exit $status)\
        """
            .formatted(to));
  }

  private Result withAgent(String command) {
    return client.run(
        """
        eval $(ssh-agent) >/dev/null && ssh-add -q bastion-to-private.pem
        %s
        status=$?; ssh-agent -k >/dev/null; exit $status
        """
            .formatted(command));
  }
}
