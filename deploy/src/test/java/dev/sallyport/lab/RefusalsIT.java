package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no rule allows is refused in words that the user reads and the log keeps. */
@Laboratory
class RefusalsIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  RefusalsIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // loopback
    "127.0.0.1, loopback",
    "127.9.9.9, loopback",
    "::1, loopback",
    "::ffff:127.0.0.1, loopback",
    "::ffff:7f00:1, loopback",
    "0:0:0:0:0:0:0:1, loopback",
    "64:ff9b::127.0.0.1, loopback",
    "2002:7f00:0001::1, loopback",
    "localhost, loopback",
    // odd spellings are not addresses
    "127.1, malformed-target",
    "2130706433, malformed-target",
    "0x7f000001, malformed-target",
    "0x7f.0.0.1, malformed-target",
    "0177.0.0.1, malformed-target",
    "010.0.2.15, malformed-target",
    // unspecified
    "0.0.0.0, unspecified",
    "0.1.2.3, unspecified",
    "::, unspecified",
    // link-local
    "169.254.10.20, link-local",
    "fe80::1, link-local",
    // multicast and broadcast
    "224.0.0.251, multicast",
    "ff02::1, multicast",
    "255.255.255.255, broadcast",
    // the cloud's metadata
    "169.254.169.254, metadata-service",
    "::ffff:169.254.169.254, metadata-service",
    "::ffff:a9fe:a9fe, metadata-service",
    "fd00:ec2::254, metadata-service",
    "fd00:0ec2:0:0:0:0:0:254, metadata-service",
    // public addresses
    "198.51.100.7, not-private",
    "2001:db8::1, not-private",
  })
  void refusesEveryKindOfAddressInEverySpelling(String host, String denial) {
    refuses(host, 22, denial);
  }

  @Test
  void refusesTheBastionsOwnAddresses() {
    String own = bastion.run("hostname -i").succeeds().text();
    assertThat(own.split(" ")).hasSizeGreaterThanOrEqualTo(2);
    for (String address : own.split(" ")) {
      refuses(address, 22, "own-address");
    }
  }

  @Test
  void refusesANeighbourThatIsNotOnThePrivateNetwork() {
    refuses(vpc.publicAddress(vpc.gateway()), 22, "not-private");
  }

  @Test
  void refusesAPortThatNoRuleNames() {
    String web = vpc.privateAddress(vpc.web());
    Result refused = refuses(web, 23, "no-rule");
    assertThat(refused.err())
        .contains("administratively prohibited: %s:23 is in no rule for alice".formatted(web));
  }

  @Test
  void refusesAUserWhoIsInNoRule() {
    client
        .run("ssh -W %s:22 mallory@bastion </dev/null".formatted(vpc.privateAddress(vpc.web())))
        .fails();
  }

  @Test
  void refusesARuleOfAnotherSource() {
    Result refused =
        client
            .run("ssh -W %s:22 carol@bastion </dev/null".formatted(vpc.privateAddress(vpc.web())))
            .fails();
    assertThat(refused.err()).contains("administratively prohibited").contains("carol");
  }

  @Test
  void aRefusalHarmsNoOtherForwardOfTheConnection() {
    String web = vpc.privateAddress(vpc.web());
    Result both =
        client
            .run(
                """
                ssh -N -L 33601:%1$s:22 -L 33602:127.0.0.1:22 -L 33603:%1$s:23 bastion &
                tunnel=$!
                until ss -Hltn sport = :33603 | grep -q .; do kill -0 $tunnel || exit 99; done
                mkfifo /tmp/steps
                ssh -p 33601 -o HostName=localhost web 'read word; echo $word' </tmp/steps & shell=$!
                exec 7>/tmp/steps
                nc localhost 33602 </dev/null
                nc localhost 33603 </dev/null
                echo still here >&7
                exec 7>&-
                wait $shell
                status=$?
                kill $tunnel
                rm /tmp/steps
                exit $status
                """
                    .formatted(web))
            .succeeds();
    assertThat(both.out()).endsWith("still here\n");
    assertThat(both.err()).contains("administratively prohibited");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "exec         | ssh bastion uptime",
        "subsystem    | sftp -b /dev/null bastion",
        "tcpip-forward| ssh -o ExitOnForwardFailure=yes -N -R 0.0.0.0:9999:localhost:22 bastion",
        "streamlocal  | ssh -o ExitOnForwardFailure=yes -N -R /tmp/sock:localhost:22 bastion",
      })
  void refusesEverythingThatIsNoForward(String kind, String command) {
    long mark = bastion.mark();
    client.run(command + " </dev/null").fails();
    AuditLog.Event refused = bastion.awaits(mark, "request-refused", event -> true);
    assertThat(refused.user()).isEqualTo("alice");
    assertThat(refused.at("/unmapped/request")).contains(kind.strip());
    assertThat(refused.reason()).isNotBlank();
  }

  @Test
  void neitherAgentNorX11NorEnvironmentReachesTheBastion() {
    Result greeting =
        client.run(
            "eval $(ssh-agent) >/dev/null; DISPLAY=:9 ssh -v -A -X -o SendEnv=LANG -T bastion </dev/null;"
                + " ssh-agent -k >/dev/null");
    assertThat(greeting.err()).doesNotContain("auth-agent@openssh.com\" from");
    assertThat(bastion.run("ls /tmp").out()).doesNotContain("ssh-");
  }

  private Result refuses(String host, int port, String denial) {
    long mark = bastion.mark();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    Result refused = client.run("ssh -W '%s:%d' bastion </dev/null".formatted(shown, port)).fails();
    assertThat(refused.err()).contains("open failed: administratively prohibited: ");
    AuditLog.Event event =
        bastion.awaits(mark, "forward-refused", found -> found.user().equals("alice"));
    assertThat(event.targetHost()).isEqualTo(host);
    assertThat(event.targetPort()).isEqualTo(port);
    assertThat(event.rule()).isEqualTo(denial);
    assertThat(event.allowed()).isFalse();
    assertThat(refused.err()).contains(event.reason());
    return refused;
  }
}
