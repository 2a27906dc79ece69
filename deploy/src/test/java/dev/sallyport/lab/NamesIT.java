package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name is resolved once, every address it has is judged, and only what was judged is dialled. */
@Laboratory
class NamesIT {
  private static final int OPENS = 6;

  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;
  private final String good;
  private final String bad;

  NamesIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
    good = vpc.privateAddress(vpc.web());
    bad = vpc.publicAddress(vpc.gateway());
  }

  /** Counts what the bastion sends to the gateway's SSH port: it must stay at nothing. */
  @BeforeEach
  void count() {
    vpc.gateway().run("iptables -A INPUT -p tcp --dport 22").succeeds();
    vpc.names().run(": >/var/log/lab-queries").succeeds();
  }

  @AfterEach
  void nothingWasSentToTheForbiddenAddress() {
    String counted = vpc.gateway().run("iptables -nvxL INPUT").succeeds().out();
    vpc.gateway().run("iptables -F INPUT").succeeds();
    String rule = counted.lines().filter(line -> line.contains("dpt:22")).findFirst().orElseThrow();
    assertThat(rule.strip()).startsWith("0 ");
  }

  @Test
  void dialsOnlyTheGoodAddressOfANameWhoseOtherIsBad() {
    zone(
        "good-first.lab together " + good + " " + bad,
        "bad-first.lab together " + bad + " " + good);
    long mark = bastion.mark();
    for (String name : List.of("good-first.lab", "bad-first.lab")) {
      assertThat(open(name).out()).startsWith("SSH-2.0-OpenSSH");
      AuditLog.Event opened =
          bastion.awaits(mark, "forward-opened", event -> event.targetHost().equals(name));
      assertThat(opened.targetAddress()).isEqualTo(good);
    }
  }

  @Test
  void refusesANameWithoutOneGoodAddress() {
    zone("bad.lab together " + bad + " 127.0.0.1", "nowhere.lab together");
    assertThat(open("bad.lab").fails().err())
        .contains("administratively prohibited")
        .contains("bad.lab");
    assertThat(open("nowhere.lab").fails().err()).contains("nowhere.lab");
    assertThat(open("unknown.lab").fails().err()).contains("unknown.lab");
  }

  @Test
  void dialsTheAddressItDecidedOnWhenTheNameMoves() {
    zone("moving.lab in-turn " + good + " " + bad);
    long mark = bastion.mark();
    IntStream.range(0, OPENS).forEach(i -> open("moving.lab"));
    Until.holds("every open was decided", () -> decided(mark, "moving.lab") == OPENS);
    assertThat(bastion.auditLog().after(mark).of("forward-opened"))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.targetAddress()).isEqualTo(good));
    // Never a second lookup for the dial: that is the hole.
    assertThat(queries("moving.lab A")).isBetween(1L, (long) OPENS);
  }

  @Test
  void theTargetThatAnswersIsTheOneInTheLog() {
    zone("either.lab in-turn " + good + " " + vpc.privateAddress(vpc.db()));
    for (int i = 0; i < OPENS; i++) {
      long mark = bastion.mark();
      String answered =
          client
              .run(
                  "ssh -J bastion -o HostName=either.lab -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null web cat /etc/instance")
              .succeeds()
              .text();
      AuditLog.Event opened = bastion.awaits(mark, "forward-opened", event -> true);
      assertThat(opened.targetAddress())
          .isEqualTo(vpc.privateAddress(answered.equals("web") ? vpc.web() : vpc.db()));
    }
  }

  private void zone(String... lines) {
    vpc.names().write("/etc/lab-zone", String.join("\n", lines) + "\n");
  }

  private Result open(String name) {
    return client.run("ssh -W %s:22 bastion </dev/null".formatted(name));
  }

  private long decided(long mark, String name) {
    return bastion.auditLog().after(mark).events().stream()
        .filter(event ->
            event.code().equals("forward-opened") || event.code().equals("forward-refused"))
        .filter(event -> event.targetHost().equals(name))
        .count();
  }

  private long queries(String line) {
    return vpc.names()
        .run("cat /var/log/lab-queries")
        .succeeds()
        .out()
        .lines()
        .filter(line::equals)
        .count();
  }
}
