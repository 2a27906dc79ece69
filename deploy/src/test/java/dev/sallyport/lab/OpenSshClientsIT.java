package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every way in which stock clients ask for a forward. */
@Laboratory
class OpenSshClientsIT {
  private final Vpc vpc;
  private final Machine client;
  private final Bastion bastion;

  OpenSshClientsIT(Vpc vpc) {
    this.vpc = vpc;
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @Test
  void jumpsWithJ() {
    long mark = bastion.mark();
    assertThat(client.run("ssh -J bastion web cat /etc/instance").succeeds().text())
        .isEqualTo("web");
    bastion.awaits(
        mark,
        "forward-closed",
        event ->
            event.user().equals("alice")
                && event.targetAddress().equals(vpc.privateAddress(vpc.web()))
                && event.rule().equals("ops"));
  }

  @Test
  void jumpsOverIpv6() {
    String address = vpc.privateIpv6Address(vpc.web());
    assertThat(
            client
                .run("ssh -J bastion -o HostName=%s web cat /etc/instance".formatted(address))
                .succeeds()
                .text())
        .isEqualTo("web");
  }

  @Test
  void joinsStandardInputWithW() {
    assertThat(
            client
                .run("ssh -W %s:22 bastion </dev/null".formatted(vpc.privateAddress(vpc.db())))
                .out())
        .startsWith("SSH-2.0-OpenSSH");
  }

  @Test
  void carriesHttpThroughSocksWithD() {
    assertThat(
            client
                .run(
                    """
                    ssh -N -D 1080 bastion &
                    tunnel=$!
                    until ss -Hltn sport = :1080 | grep -q .; do kill -0 $tunnel || exit 99; done
                    curl -sS --fail --socks5-hostname localhost:1080 http://%1$s:8000/instance
                    curl -sS --fail --socks5 localhost:1080 http://%2$s:8000/instance
                    status=$?
                    kill $tunnel
                    exit $status
                    """
                        .formatted(vpc.privateAddress(vpc.web()), vpc.privateAddress(vpc.db())))
                .succeeds()
                .out())
        .isEqualTo("web\ndb\n");
  }

  @Test
  void sharesOneConnectionWithControlMaster() {
    long mark = bastion.mark();
    client
        .run(
            """
            ssh -fN -M -S /tmp/master bastion || exit
            ssh -S /tmp/master -O forward -L 33401:%1$s:22 bastion || exit
            ssh -S /tmp/master -O forward -L 33402:%2$s:22 bastion || exit
            ssh -p 33401 -o HostName=localhost web cat /etc/instance || exit
            ssh -p 33402 -o HostName=localhost db cat /etc/instance || exit
            ssh -S /tmp/master -O exit bastion
            """
                .formatted(vpc.privateAddress(vpc.web()), vpc.privateAddress(vpc.db())))
        .succeeds();
    AuditLog.Event closed = bastion.awaits(mark, "connection-closed", event -> true);
    assertThat(bastion.auditLog().after(mark).of("connection-opened")).hasSize(1);
    assertThat(
            bastion
                .auditLog()
                .ofConnection(closed.connection())
                .of("forward-opened")
                .map(AuditLog.Event::targetAddress))
        .containsExactly(vpc.privateAddress(vpc.web()), vpc.privateAddress(vpc.db()));
  }

  @Test
  void servesPuttyAndDropbear() {
    String target = vpc.privateAddress(vpc.web());
    client
        .run(
            "puttygen alice -O private -o alice.ppk && dropbearconvert openssh dropbear alice alice.db")
        .succeeds();
    assertThat(
            client
                .run(
                    "plink -batch -hostkey $(ssh-keyscan -t ed25519 %2$s 2>/dev/null | ssh-keygen -lf - | cut -d' ' -f2) -i alice.ppk -nc %1$s:22 alice@%2$s </dev/null"
                        .formatted(target, bastion.address()))
                .out())
        .startsWith("SSH-2.0-OpenSSH");
    assertThat(
            client
                .run(
                    "sleep 2 | dbclient -y -y -i alice.db -B %1$s:22 alice@%2$s"
                        .formatted(target, bastion.address()))
                .out())
        .startsWith("SSH-2.0-OpenSSH");
  }

  @Test
  void announcesAllHostKeysToUpdateHostKeys() {
    String known = "-o UserKnownHostsFile=/tmp/known -o UpdateHostKeys=yes bastion";
    // The first contact makes the host known; ssh learns further keys only of hosts that it knows.
    client.run("ssh -T %s </dev/null".formatted(known));
    client.run("ssh -fN -M -S /tmp/keys %s".formatted(known)).succeeds();
    Until.holds(
        "both host keys are known",
        () -> {
          String types = client.run("cut -d' ' -f2 /tmp/known").out();
          return types.contains("ssh-ed25519") && types.contains("ssh-rsa");
        });
    client.run("ssh -S /tmp/keys -O exit bastion").succeeds();
  }
}
