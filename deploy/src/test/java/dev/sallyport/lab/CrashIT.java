package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the log has promised survives the worst end. */
@Laboratory
class CrashIT {
  private final Vpc vpc;

  CrashIT(Vpc vpc) {
    this.vpc = vpc;
  }

  @Test
  void theLogIsIntactAndItsSequenceGoesOnAfterKillDashNine() {
    try (Bastion bastion = Bastion.of(vpc, "crash").start()) {
      String hostKey = hostKey(bastion);
      vpc.client()
          .run(
              """
              ssh -fN -M -S /tmp/crash -L 33800:%s:7003 crash || exit
              for i in $(seq 5); do (echo 100000000000 | nc localhost 33800 >/dev/null) & done
              """
                  .formatted(vpc.privateAddress(vpc.web())))
          .succeeds();
      Until.holds(
          "five forwards are open", () -> bastion.auditLog().of("forward-opened").count() == 5);

      bastion.crashAndRestart();

      AuditLog log = bastion.auditLog();
      log.hasNoGaps();
      assertThat(log.of("server-started")).hasSize(2);
      assertThat(log.of("run-ended-abruptly")).hasSize(1);
      assertThat(log.of("forward-opened")).hasSize(5);
      assertThat(log.of("forward-closed")).isEmpty();
      assertThat(hostKey(bastion)).isEqualTo(hostKey);
      vpc.client().run("ssh -J crash web true").succeeds();
    }
  }

  @Test
  void stopsInOrderOnSigterm() {
    try (Bastion bastion = Bastion.of(vpc, "stopped").start()) {
      vpc.client().run("ssh -J stopped web true").succeeds();
      assertThat(bastion.stop()).isZero();
      AuditLog log = bastion.keptAuditLog();
      log.hasNoGaps();
      assertThat(log.events().getLast().code()).isEqualTo("server-stopped");
      assertThat(log.of("forward-closed")).hasSize(1);
    }
  }

  private String hostKey(Bastion bastion) {
    return vpc.client()
        .run("ssh-keyscan -t ed25519 %s 2>/dev/null | cut -d' ' -f3".formatted(bastion.address()))
        .succeeds()
        .text();
  }
}
