package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Many at once, each with a record of its own. */
@Laboratory
class RecordedCrowdIT {
  private final Machine client;
  private final Bastion bastion;

  RecordedCrowdIT(Vpc vpc) {
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @Test
  void aHundredRecordedSessionsAreOpenAtOnce() {
    long mark = bastion.mark();
    // Ten connections of ten sessions: more sessions than that OpenSSH's sshd does not give one.
    Result answers =
        client.run(
            Duration.ofMinutes(3),
            """
            for c in $(seq 10); do
              ssh -fN -M -S /tmp/crowd-$c -J rita@bastion recorded-web || exit
            done
            for c in $(seq 10); do
              for s in $(seq 10); do
                ssh -tt -S /tmp/crowd-$c recorded-web "stty -echo; echo 100 | nc localhost 7002; echo me-$c-$s" </dev/null 2>/dev/null &
              done
            done | tr -d '\\r' | sort | uniq -c | sort -rn
            for c in $(seq 10); do ssh -S /tmp/crowd-$c -O exit recorded-web; done
            """);
    // The service answers only when all of them are connected.
    assertThat(answers.succeeds().out()).contains("100 all here");
    Until.holds(
        "100 recordings are final",
        () -> bastion.auditLog().after(mark).of("recording-finalised").count() >= 100);
    AuditLog log = bastion.auditLog().after(mark);
    Set<String> ids =
        log.of("session-closed")
            .filter(event -> event.command().contains("me-"))
            .map(AuditLog.Event::uid)
            .collect(Collectors.toSet());
    assertThat(ids).hasSize(100);
    String list = bastion.sallyport("recording list --user rita").succeeds().out();
    assertThat(ids).allSatisfy(id -> assertThat(list).contains(id));
    // Each holds its own session and no other.
    AuditLog.Event one =
        log.of("session-closed")
            .filter(event -> event.command().endsWith("me-7-3"))
            .findFirst()
            .orElseThrow();
    assertThat(bastion.cast(one).output().lines()).containsExactly("all here", "me-7-3");
    log.hasNoGaps();
  }
}
