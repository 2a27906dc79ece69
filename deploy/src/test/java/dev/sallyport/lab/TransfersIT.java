package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Files and streams arrive whole, both ways. */
@Laboratory
class TransfersIT {
  private static final long GIBIBYTE = 1L << 30;
  private static final Duration LONG = Duration.ofMinutes(3);

  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  TransfersIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
    client.run("test -f sent || head -c 5000000 /dev/urandom >sent").succeeds();
  }

  @Test
  void copiesWithScp() {
    client
        .run("scp -q -J bastion sent web:scp && scp -q -J bastion web:scp back && cmp sent back")
        .succeeds();
  }

  @Test
  void copiesWithSftp() {
    client
        .run(
            "printf 'put sent sftp\\nget sftp back\\n' | sftp -q -b - -J bastion web && cmp sent back")
        .succeeds();
  }

  @Test
  void copiesWithRsync() {
    client
        .run(
            "rsync -e 'ssh -J bastion' sent web:rsync && rsync -e 'ssh -J bastion' web:rsync back"
                + " && cmp sent back")
        .succeeds();
  }

  @Test
  void uploadsOneGibibyteWhole() {
    long mark = bastion.mark();
    Result sent =
        client
            .run(
                LONG,
                """
                bytes() { openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 </dev/zero 2>/dev/null | head -c %2$d; }
                bytes | sha256sum | cut -d' ' -f1
                bytes | ssh -W %1$s:7001 bastion
                """
                    .formatted(vpc.privateAddress(vpc.web()), GIBIBYTE))
            .succeeds();
    String[] lines = sent.text().split("\n");
    assertThat(lines[1]).isEqualTo(GIBIBYTE + " " + lines[0]);
    assertThat(closed(mark).bytesToTarget()).isEqualTo(GIBIBYTE);
  }

  @Test
  void downloadsOneGibibyteWhole() {
    long mark = bastion.mark();
    String asked = "echo %d | %s sha256sum | cut -d' ' -f1";
    String throughTheBastion =
        client
            .run(
                LONG,
                asked.formatted(
                    GIBIBYTE, "ssh -W %s:7003 bastion |".formatted(vpc.privateAddress(vpc.web()))))
            .succeeds()
            .text();
    String direct =
        vpc.db()
            .run(
                LONG,
                asked.formatted(GIBIBYTE, "nc %s 7003 |".formatted(vpc.privateAddress(vpc.web()))))
            .succeeds()
            .text();
    assertThat(throughTheBastion).isEqualTo(direct).hasSize(64);
    assertThat(closed(mark).bytesFromTarget()).isEqualTo(GIBIBYTE);
  }

  @Test
  void answersThatComeOnlyAfterEndOfFileArrive() {
    assertThat(
            client
                .run(
                    "printf hello | ssh -W %s:7001 bastion"
                        .formatted(vpc.privateAddress(vpc.web())))
                .succeeds()
                .text())
        .isEqualTo("5 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  }

  @Test
  void twoHundredForwardsAreOpenAtOnce() {
    long mark = bastion.mark();
    Result answers =
        client
            .run(
                LONG,
                """
                ssh -N -L 33500:%1$s:7002 bastion &
                tunnel=$!
                until ss -Hltn sport = :33500 | grep -q .; do kill -0 $tunnel || exit 99; done
                for i in $(seq 200); do echo 200 | nc localhost 33500 & done | sort | uniq -c
                kill $tunnel
                """
                    .formatted(vpc.privateAddress(vpc.web())))
            .succeeds();
    // The service answers only when all of them are connected.
    assertThat(answers.text()).isEqualTo("200 all here");
    Until.holds(
        "200 forwards closed in the audit log",
        () -> bastion.auditLog().after(mark).of("forward-closed").count() == 200);
    assertThat(bastion.auditLog().after(mark).of("forward-opened")).hasSize(200);
  }

  private AuditLog.Event closed(long mark) {
    return bastion.awaits(mark, "forward-closed", event -> event.user().equals("alice"));
  }
}
