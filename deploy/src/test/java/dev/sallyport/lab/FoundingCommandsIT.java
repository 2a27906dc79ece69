package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The commands that must always work, as they are written, and the story that the log tells. */
@Laboratory
class FoundingCommandsIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  FoundingCommandsIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @Test
  void theTwoFoundingCommandsWorkAsWrittenAndTheLogTellsTheirStory() {
    long mark = bastion.mark();
    String target = vpc.privateAddress(vpc.web());
    Result shell =
        client
            .run(
                """
                ssh -i local-to-bastion.pem -N -L 33322:%s:22 ec2-user@%s &
                tunnel=$!
                until ss -Hltn sport = :33322 | grep -q .; do kill -0 $tunnel || exit 99; done
                echo 'whoami; cat /etc/instance' | ssh -i bastion-to-private.pem -p 33322 ec2-user@localhost
                status=$?
                kill $tunnel
                exit $status
                """
                    .formatted(target, bastion.address()))
            .succeeds();
    assertThat(shell.out()).endsWith("ec2-user\nweb\n");

    AuditLog.Event closed =
        bastion.awaits(mark, "connection-closed", event -> event.user().equals("ec2-user"));
    AuditLog story = bastion.auditLog().ofConnection(closed.connection());
    assertThat(story.events().stream().map(AuditLog.Event::code))
        .containsExactly(
            "connection-opened",
            "authentication-succeeded",
            "forward-opened",
            "forward-closed",
            "connection-closed");
    assertThat(story.events())
        .allSatisfy(event -> assertThat(event.source()).isEqualTo(vpc.internetAddress(client)));

    AuditLog.Event login = story.of("authentication-succeeded").findFirst().orElseThrow();
    assertThat(login.user()).isEqualTo("ec2-user");
    assertThat(login.at("/auth_protocol")).isEqualTo("publickey");
    assertThat(login.at("/unmapped/plugin")).isEqualTo("authorized-keys");
    assertThat(client.run("ssh-keygen -lf local-to-bastion.pem.pub").succeeds().out())
        .contains(login.fingerprint())
        .contains("SHA256:");

    AuditLog.Event opened = story.of("forward-opened").findFirst().orElseThrow();
    assertThat(opened.user()).isEqualTo("ec2-user");
    assertThat(opened.targetAddress()).isEqualTo(target);
    assertThat(opened.targetPort()).isEqualTo(22);
    assertThat(opened.rule()).isEqualTo("founding");
    assertThat(opened.allowed()).isTrue();

    AuditLog.Event ended = story.of("forward-closed").findFirst().orElseThrow();
    assertThat(ended.at("/connection_info/uid")).isEqualTo(opened.at("/connection_info/uid"));
    assertThat(ended.bytesToTarget()).isPositive();
    assertThat(ended.bytesFromTarget()).isPositive();
    assertThat(ended.reason()).isNotBlank();
  }

  @Test
  void onlyTheBastionReachesThePrivateNetwork() {
    String target = vpc.privateAddress(vpc.web());
    client.run("nc -z -w 3 %s 22".formatted(target)).fails();
    vpc.gateway().run("nc -z -w 3 %s 22".formatted(target)).fails();
    vpc.db().run("nc -z -w 3 %s 22".formatted(target)).succeeds();
  }

  @Test
  void greetsWhoAsksForAShellWithWhoTheyAreAndWhereTheyMayGo() {
    Result greeting = client.run("ssh -T bastion </dev/null");
    assertThat(greeting.out() + greeting.err())
        .contains("alice")
        .contains(vpc.privateAddress(vpc.web()).replaceFirst("\\d+$", ""));
    assertThat(greeting.exit()).isBetween(0, 1);
  }
}
