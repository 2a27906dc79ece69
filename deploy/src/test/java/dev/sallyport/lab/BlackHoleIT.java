package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A target that swallows packets costs only those who dial it. */
@Laboratory
class BlackHoleIT {
  private static final int DIALS = 40;

  /** Less than the bastion waits for a target. */
  private static final Duration FELT = Duration.ofSeconds(8);

  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  BlackHoleIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @AfterEach
  void mend() {
    vpc.db().run("iptables -F INPUT").succeeds();
  }

  @Test
  void noOtherUserFeelsATargetThatSwallowsPackets() {
    vpc.db().run("iptables -A INPUT -p tcp --dport 7777 -j DROP").succeeds();
    long mark = bastion.mark();
    client
        .run(
            """
            ssh -fN -M -S /tmp/hole -L 33700:%s:7777 bob@bastion || exit
            for i in $(seq %d); do setsid nohup nc -d localhost 33700 >/dev/null 2>&1 & done
            """
                .formatted(vpc.privateAddress(vpc.db()), DIALS))
        .succeeds();
    IntStream.range(0, 5).forEach(i -> client.run(FELT, "ssh -J bastion web true").succeeds());
    Until.holds(
        "the dials are given up",
        () -> bastion.auditLog().after(mark).of("forward-failed").count() == DIALS);
    assertThat(bastion.auditLog().after(mark).of("forward-failed"))
        .allSatisfy(event -> assertThat(event.user()).isEqualTo("bob"))
        .allSatisfy(event -> assertThat(event.reason()).isNotBlank());
    client.run("ssh -S /tmp/hole -O exit bastion").succeeds();
  }
}
