package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.ssh.AlgorithmCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bastion speaks with stock clients, and what it does not. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AlgorithmsTest {
  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    Path nistp384 = OpenSsh.makeKey(directory.resolve("host384"), "-t", "ecdsa", "-b", "384");
    Path nistp521 = OpenSsh.makeKey(directory.resolve("host521"), "-t", "ecdsa", "-b", "521");
    bastion =
        TestBastion.start(
            directory,
            "host-keys = [ed25519, rsa, ecdsa, \"%s\", \"%s\"]".formatted(nistp384, nistp521),
            "algorithms.key-exchanges = [\"%s\"]"
                .formatted(String.join("\", \"", AlgorithmCatalog.KEY_EXCHANGES)));
    ssh = bastion.ssh();
    for (int bits : new int[] {256, 384, 521}) {
      Path key = directory.resolve("ecdsa" + bits);
      OpenSsh.makeKey(key, "-t", "ecdsa", "-b", Integer.toString(bits));
      bastion.authorize("alice", key);
    }
    Path rsa = OpenSsh.makeKey(directory.resolve("rsa2048"), "-t", "rsa", "-b", "2048");
    bastion.authorize("alice", rsa);
  }

  @AfterAll
  static void stop() {
    bastion.close();
  }

  private static Stream<String> knownToTheClient(String kind, List<String> catalog) {
    List<String> known = Command.run(List.of("ssh", "-Q", kind)).output().lines().toList();
    return catalog.stream().filter(known::contains);
  }

  static Stream<String> keyExchanges() {
    return knownToTheClient("kex", AlgorithmCatalog.KEY_EXCHANGES);
  }

  static Stream<String> ciphers() {
    return knownToTheClient("cipher", AlgorithmCatalog.CIPHERS);
  }

  static Stream<String> macs() {
    return knownToTheClient("mac", AlgorithmCatalog.MACS);
  }

  static Stream<String> hostKeys() {
    return knownToTheClient("HostKeyAlgorithms", AlgorithmCatalog.HOST_KEYS);
  }

  static Stream<String> publicKeys() {
    // A security key would need its hardware; CertificatesTest has the certificates.
    return knownToTheClient("PubkeyAcceptedAlgorithms", AlgorithmCatalog.PUBLIC_KEYS)
        .filter(name -> !name.startsWith("sk-") && !name.contains("-cert-"));
  }

  private static void assertSpeaks(String said, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-v"));
    arguments.addAll(List.of(options));
    // Known hosts of other tests would forbid a host key of another type.
    arguments.addAll(List.of("-o", "UserKnownHostsFile=/dev/null", "bastion"));
    Command.Ended ended = ssh.ssh(arguments.toArray(String[]::new));
    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.errors()).contains(said);
  }

  @ParameterizedTest
  @MethodSource("keyExchanges")
  void speaksEveryKeyExchangeOfTheCatalogue(String name) {
    assertSpeaks("kex: algorithm: " + name, "-o", "KexAlgorithms=" + name);
  }

  @ParameterizedTest
  @MethodSource("ciphers")
  void speaksEveryCipherOfTheCatalogue(String name) {
    assertSpeaks("server->client cipher: " + name, "-c", name);
  }

  @ParameterizedTest
  @MethodSource("macs")
  void speaksEveryMacOfTheCatalogue(String name) {
    assertSpeaks("server->client cipher: aes128-ctr MAC: " + name, "-c", "aes128-ctr", "-m", name);
  }

  @ParameterizedTest
  @MethodSource("hostKeys")
  void signsWithEveryHostKeyAlgorithmOfTheCatalogue(String name) {
    assertSpeaks("kex: host key algorithm: " + name, "-o", "HostKeyAlgorithms=" + name);
  }

  @ParameterizedTest
  @MethodSource("publicKeys")
  void takesEverySignatureOfTheCatalogue(String name) {
    String key =
        name.startsWith("rsa")
            ? "rsa2048"
            : name.startsWith("ecdsa") ? "ecdsa" + name.replaceAll(".*nistp", "") : "alice";
    Command.Ended ended =
        ssh.ssh(
            "-p",
            Integer.toString(bastion.port()),
            "-i",
            directory.resolve(key).toString(),
            "-o",
            "PubkeyAcceptedAlgorithms=" + name,
            "alice@127.0.0.1");

    assertThat(ended.exit()).as(ended.errors()).isZero();
  }

  @Test
  void prefersPostQuantumExchanges() {
    assertSpeaks("kex: algorithm: sntrup761x25519-sha512");
  }

  @Test
  void offersStrictKeyExchange() {
    Command.Ended ended = ssh.ssh("-vvv", "bastion");

    assertThat(ended.exit()).isZero();
    assertThat(ended.errors())
        .contains("kex-strict-s-v00@openssh.com")
        .contains("will use strict KEX ordering");
  }

  @Test
  void refusesSha1SignaturesOfUsers() {
    Command.Ended ended =
        ssh.ssh(
            "-p",
            Integer.toString(bastion.port()),
            "-i",
            directory.resolve("rsa2048").toString(),
            "-o",
            "PubkeyAcceptedAlgorithms=ssh-rsa",
            "alice@127.0.0.1");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("Permission denied (publickey)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HostKeyAlgorithms=ssh-rsa",
        "Ciphers=aes256-cbc",
        "Ciphers=3des-cbc",
        "KexAlgorithms=diffie-hellman-group14-sha1",
        "KexAlgorithms=diffie-hellman-group-exchange-sha256",
      })
  void doesNotSpeakWhatIsNotInTheCatalogue(String option) {
    Command.Ended ended = ssh.ssh("-o", option, "-o", "UserKnownHostsFile=/dev/null", "bastion");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("Unable to negotiate with 127.0.0.1", "Their offer: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hmac-sha1", "hmac-sha1-etm@openssh.com", "umac-64@openssh.com"})
  void doesNotSpeakMacsThatAreNotInTheCatalogue(String mac) {
    Command.Ended ended = ssh.ssh("-c", "aes128-ctr", "-m", mac, "bastion");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("no matching MAC found");
  }

  @Test
  void speaksOnlyWhatIsConfigured(@TempDir Path other) throws IOException {
    try (TestBastion narrow =
        TestBastion.start(
            other,
            """
            algorithms {
              key-exchanges = ["curve25519-sha256"], ciphers = ["aes256-gcm@openssh.com"]
              public-keys = ["rsa-sha2-512"]
            }
            """)) {
      assertThat(narrow.ssh().ssh("-c", "aes128-gcm@openssh.com", "bastion").errors())
          .contains("no matching cipher found")
          .contains("Their offer: aes256-gcm@openssh.com");
      assertThat(narrow.ssh().ssh("bastion").errors()).contains("Permission denied (publickey)");
      Path rsa = OpenSsh.makeKey(other.resolve("rsa"), "-t", "rsa", "-b", "2048");
      narrow.authorize("mallory", rsa);
      assertThat(
              narrow
                  .ssh()
                  .ssh(
                      "-i",
                      rsa.toString(),
                      "-p",
                      Integer.toString(narrow.port()),
                      "mallory@127.0.0.1")
                  .exit())
          .isZero();
    }
  }

  @Test
  void sshAuditFindsNoFailureAndNoWarningInTheDefaults(@TempDir Path other) throws IOException {
    try (TestBastion defaults = TestBastion.start(other, "host-keys = [ed25519, rsa]")) {
      Command.Ended ended =
          Command.run(
              List.of(
                  "ssh-audit",
                  "--no-colors",
                  "-p",
                  Integer.toString(defaults.port()),
                  "127.0.0.1"));

      assertThat(ended.output())
          .contains("(kex) curve25519-sha256", "(enc) aes128-gcm@openssh.com", "(key) ssh-ed25519")
          // Thirty times the processor time of a curve.
          .doesNotContain("diffie-hellman-");
      assertThat(
              ended
                  .output()
                  .lines()
                  .filter(line -> line.contains("[fail]") || line.contains("[warn]"))
                  // The program is older than these.
                  .filter(line -> !line.contains("unknown algorithm"))
                  .filter(line -> !line.contains("experimental"))
                  // Offered last, for clients that know no other.
                  .filter(line -> !line.contains("using encrypt-and-MAC mode")))
          .isEmpty();
    }
  }
}
