package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** No grant without a durable record: a full disk closes the door, and room opens it again. */
@Laboratory
class FullDiskIT {
  private final Vpc vpc;

  FullDiskIT(Vpc vpc) {
    this.vpc = vpc;
  }

  @Test
  void refusesWhileTheDiskIsFullAndRecoversByItself() {
    try (Bastion bastion = Bastion.of(vpc, "full").withSmallState(2).start()) {
      String forward = "ssh -W %s:22 full </dev/null".formatted(vpc.privateAddress(vpc.web()));
      vpc.client().run(forward).succeeds();
      // A connection from before, whose user hears the reason on a forward.
      vpc.client()
          .run(
              "ssh -fN -M -S /tmp/full -L 33900:%s:22 full"
                  .formatted(vpc.privateAddress(vpc.web())))
          .succeeds();

      bastion
          .run(
              "dd if=/dev/zero of=/var/lib/sallyport/filler bs=1k; test -s /var/lib/sallyport/filler")
          .succeeds();
      // What was left in the last block may take an event or two.
      Until.holds("forwards are refused", () -> vpc.client().run(forward).exit() != 0);
      assertThat(vpc.client().run("nc -d -w 5 localhost 33900").out()).isEmpty();
      long lastGrant = bastion.auditLog().of("forward-opened").count();
      vpc.client().run(forward).fails();
      assertThat(bastion.auditLog().of("forward-opened").count()).isEqualTo(lastGrant);

      bastion.run("rm /var/lib/sallyport/filler").succeeds();
      Until.holds("forwards are granted again", () -> vpc.client().run(forward).exit() == 0);
      assertThat(bastion.awaits(0, "log-recovered", event -> true).reason()).isNotBlank();
      bastion.auditLog().hasNoGaps();
      vpc.client().run("ssh -S /tmp/full -O exit full");
    }
  }
}
