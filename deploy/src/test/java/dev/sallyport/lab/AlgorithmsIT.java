package dev.sallyport.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only good algorithms are offered, and every one that is works with OpenSSH. */
@Laboratory
class AlgorithmsIT {
  private final Machine client;
  private final Bastion bastion;

  AlgorithmsIT(Vpc vpc) {
    client = vpc.client();
    bastion = vpc.bastion();
  }

  @Test
  void sshAuditFindsNothingToFault() {
    Result audit = client.run("ssh-audit -n -l warn %s".formatted(bastion.address()));
    assertThat(audit.out().lines().filter(line -> line.contains("[fail]"))).isEmpty();
    assertThat(
            audit
                .out()
                .lines()
                .filter(line -> line.contains("[warn]"))
                .filter(
                    line -> !line.contains("unknown algorithm") && !line.contains("experimental"))
                // Offered last, for clients that know no other.
                .filter(line -> !line.contains("using encrypt-and-MAC mode")))
        .isEmpty();
    // The tool did read the lists.
    assertThat(client.run("ssh-audit -n " + bastion.address()).out())
        .contains("(kex) sntrup761x25519-sha512@openssh.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KexAlgorithms=sntrup761x25519-sha512@openssh.com",
        "KexAlgorithms=curve25519-sha256",
        "Ciphers=aes128-gcm@openssh.com",
        "Ciphers=aes256-gcm@openssh.com",
        "Ciphers=chacha20-poly1305@openssh.com",
        "Ciphers=aes256-ctr",
        "HostKeyAlgorithms=ssh-ed25519",
        "HostKeyAlgorithms=rsa-sha2-512",
        "HostKeyAlgorithms=rsa-sha2-256",
      })
  void speaks(String choice) {
    client
        .run(
            "ssh -o %s -o UserKnownHostsFile=/dev/null -T bastion </dev/null; test $? -le 1"
                .formatted(choice))
        .succeeds();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KexAlgorithms=diffie-hellman-group14-sha1",
        "KexAlgorithms=diffie-hellman-group16-sha512",
        "Ciphers=aes128-cbc",
        "Ciphers=aes128-ctr -o MACs=hmac-sha1",
        "HostKeyAlgorithms=ssh-rsa",
      })
  void doesNotSpeak(String choice) {
    assertThat(client.run("ssh -o %s -T bastion </dev/null".formatted(choice)).fails().err())
        .contains("Unable to negotiate");
  }
}
