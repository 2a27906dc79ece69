package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who gets in is in a directory, or known to a program: real ssh, real slapd, what people install.
 */
@Laboratory
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherSourcesIT {
  private static final String PROGRAM = "/usr/local/bin/keys";

  private final Vpc vpc;
  private final Slapd slapd;
  private final Bastion bastion;

  OtherSourcesIT(Vpc vpc) {
    this.vpc = vpc;
    slapd = Slapd.start(vpc);
    String configuration =
        """
        sallyport {
          listen = ["0.0.0.0:22"]
          state-dir = "/var/lib/sallyport"
          private-networks = ["%1$s"]
          # The tests fail to log in again and again, from one machine.
          penalties { exempt = ["0.0.0.0/0", "::/0"] }
          auth.recheck = "1 s"
          auth.plugins = [
            %2$s
            { type = command, command = ["%3$s", "%%u", "%%f", "a b"], recheck = "1 s" }
          ]
          groups.dba = []
          rules = [ { name = dba, groups = [dba], users = [bob, mallory], to = ["%1$s:22"] } ]
        }
        """
            .formatted(vpc.privateSubnet(), slapd.plugin(), PROGRAM);
    bastion =
        Bastion.configured(vpc, "other", configuration)
            .withFile("/etc/sallyport/ldap-ca.pem", slapd.authority())
            .withSecret("/etc/sallyport/ldap-password", slapd.password());
  }

  @BeforeAll
  void start() {
    bastion.withProgram(
        PROGRAM,
        """
        #!/bin/sh
        [ "$3" = "a b" ] || exit 9
        case $1 in slow*) exec sleep 1000 ;; esac
        [ "$1" = mallory ] && echo "no-pty $(cat /etc/sallyport/keys/mallory)"
        [ "$1" = vera ] && cat /etc/sallyport/keys/vera
        exit 0
        """);
    bastion.start();
    slapd.person("carol", key("carol"), "dba");
    slapd.person("bob", "restrict,port-forwarding " + key("bob"));
    slapd.person("agnes", key("agnes"), "other");
    slapd.person("ines", key("ines"));
    slapd.person("rita", key("rita"), "third");
  }

  @AfterAll
  void stop() {
    bastion.close();
    slapd.close();
  }

  private String key(String user) {
    return Objects.requireNonNull(vpc.publicKeys().get(user));
  }

  private Result open(String user) {
    return vpc.client()
        .run(
            "ssh -o ConnectTimeout=25 -W %s:22 %s@other </dev/null"
                .formatted(vpc.privateAddress(vpc.web()), user));
  }

  /** With a key that is bob's and nobody else's. */
  private Result openAsStranger(String user) {
    return vpc.client()
        .run(
            "ssh -i bob -W %s:22 %s@other </dev/null"
                .formatted(vpc.privateAddress(vpc.web()), user));
  }

  @Test
  void theKeysAndGroupsOfTheDirectoryDecide() {
    assertThat(open("carol").succeeds().out()).startsWith("SSH-2.0-");
    // Who is known, but in no group that a rule names, gets in and nowhere.
    assertThat(open("agnes").fails().err()).doesNotContain("Permission denied");
    assertThat(openAsStranger("nobody-there").fails().err()).contains("Permission denied");
    assertThat(openAsStranger("'*'").fails().err()).contains("Permission denied");
  }

  @ParameterizedTest
  @CsvSource({"bob, restrict in the directory", "mallory, no-pty by the program"})
  void theOptionsOfALineCount(String user, String options) {
    String refused = "PTY allocation request failed";
    Result control = terminal("carol");
    assertThat(control.out()).isNotBlank();
    assertThat(control.err()).doesNotContain(refused);
    assertThat(terminal(user).err()).as(options).contains(refused);
    assertThat(open(user).succeeds().out()).startsWith("SSH-2.0-");
  }

  private Result terminal(String user) {
    return vpc.client().run("printf 'exit\\r' | timeout 20 ssh -tt %s@other".formatted(user));
  }

  @Test
  void aConnectionEndsWhenTheDirectoryLosesItsUser() {
    endsWithinSeconds("ines", () -> slapd.remove("ines"));
  }

  @Test
  void aConnectionEndsWhenTheProgramPrintsItsKeyNoLonger() {
    endsWithinSeconds("vera", () -> bastion.authorize("vera", ""));
  }

  private void endsWithinSeconds(String user, Runnable revocation) {
    String isThere = "ss -Hltn sport = :33701 | grep -q .";
    long mark = bastion.mark();
    vpc.client()
        .background(
            user, "ssh -N -L 33701:%s:22 %s@other".formatted(vpc.privateAddress(vpc.web()), user));
    Until.holds(user + " is in", () -> vpc.client().run(isThere).exit() == 0);
    long begin = System.nanoTime();
    revocation.run();
    Until.holds(user + " is out", () -> vpc.client().run(isThere).exit() != 0);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("%s is out within %d ms%n", user, took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    assertThat(vpc.client().run("cat /tmp/%s.log".formatted(user)).out())
        .contains("the key of %s is no longer accepted".formatted(user));
    bastion.awaits(mark, "connection-revoked", event -> event.user().equals(user));
  }

  @Test
  void aKeyThatTheDirectoryLosesIsRefused() {
    assertThat(open("rita").fails().err()).doesNotContain("Permission denied");
    slapd.removeKeys("rita");
    Until.holds("rita is refused", () -> open("rita").err().contains("Permission denied"));
  }

  @Test
  void aDirectoryThatHangsKeepsThoseInWhomItKnew() {
    open("carol").succeeds();
    slapd.hang();
    try {
      // Before anybody has found out, and when the outage is known.
      carolNeedNotWait();
      assertThat(openAsStranger("nobody-there").fails().err()).contains("Permission denied");
      carolNeedNotWait();
    } finally {
      slapd.goOn();
    }
    Until.holds(
        "mallory, whom only the program knows, is asked for", () -> open("mallory").exit() == 0);
  }

  private void carolNeedNotWait() {
    long begin = System.nanoTime();
    open("carol").succeeds();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("carol logs in within %d ms while slapd hangs%n", took.toMillis());
    assertThat(took).isLessThan(Slapd.TIMEOUT.dividedBy(2));
  }

  @Test
  void theProgramIsAskedForWhomTheDirectoryDoesNotKnow() {
    assertThat(open("mallory").succeeds().out()).startsWith("SSH-2.0-");
    String withAnothersKey =
        "ssh -F none -o StrictHostKeyChecking=no -o IdentitiesOnly=yes -i bob -W x:22 mallory@%s"
            .formatted(bastion.address());
    assertThat(vpc.client().run(withAnothersKey).fails().err()).contains("Permission denied");
  }

  @Test
  void aProgramThatHangsForOthersSlowsNobodyThatItKnows() {
    open("mallory").succeeds();
    vpc.client()
        .background(
            "slow",
            "for i in $(seq 8); do ssh -o BatchMode=yes -i bob slow$i@other true & done; wait");
    Until.holds(
        "the program hangs",
        () -> bastion.run("grep -lsz ^sleep /proc/[0-9]*/cmdline | wc -l").text().equals("4"));
    long begin = System.nanoTime();
    open("mallory").succeeds();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("mallory logs in within %d ms beside 8 that hang%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(4));
  }
}
