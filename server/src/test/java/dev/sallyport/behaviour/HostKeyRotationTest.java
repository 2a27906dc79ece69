package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH learns new host keys from a bastion that it knows (UpdateHostKeys). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostKeyRotationTest {
  /** What the client says of new keys. */
  private static final String LEARNT = "Learned new hostkey";

  @TempDir Path directory;

  private static List<String> known(OpenSsh ssh) {
    try {
      return Files.exists(ssh.knownHosts())
          ? Files.readAllLines(ssh.knownHosts()).stream()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" ")[2])
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String publicKey(Path file) throws IOException {
    return Files.readString(Path.of(file + ".pub")).split(" ")[1];
  }

  /**
   * Connects, and stays until the client knows so many keys, and has said so. A client that sees a
   * bastion for the first time learns nothing yet, so there is a connection before.
   */
  private static String learn(OpenSsh ssh, int keys, String said, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("bastion");
    assertThat(ssh.ssh(arguments.toArray(String[]::new)).exit()).isZero();
    arguments.addAll(0, List.of("-vv", "-N", "-o", "UpdateHostKeys=yes"));
    try (Command command = ssh.start(arguments.toArray(String[]::new))) {
      Condition.await(
          keys + " keys known: " + arguments,
          () -> {
            if (!command.isAlive()) {
              throw new AssertionError(command.errors());
            }
            return known(ssh).size() == keys && command.errors().contains(said);
          });
      return command.errors();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256"})
  void learnsAllKeysWhicheverSignedTheExchange(String algorithm) throws IOException {
    Path second = OpenSsh.makeKey(directory.resolve("second-ed25519"), "-t", "ed25519");
    Path third = OpenSsh.makeKey(directory.resolve("second-rsa"), "-t", "rsa", "-b", "3072");
    try (TestBastion bastion =
        TestBastion.start(
            directory,
            "host-keys = [ed25519, rsa, ecdsa, \"%s\", \"%s\"]".formatted(second, third))) {
      String said = learn(bastion.ssh(), 5, LEARNT, "-o", "HostKeyAlgorithms=^" + algorithm);

      assertThat(known(bastion.ssh())).contains(publicKey(second), publicKey(third));
      assertThat(said)
          .contains("kex: host key algorithm: " + algorithm)
          .doesNotContain("failed")
          .doesNotContain("invalid signature")
          .doesNotContain("Server gave bad signature");
    }
  }

  @Test
  void aClientThatLearntTheKeysStillConnectsWhenTheFirstIsTakenAway() throws IOException {
    Path fresh = OpenSsh.makeKey(directory.resolve("fresh"), "-t", "ed25519");
    String listen = "listen = [\"127.0.0.1:%d\"]".formatted(FreePort.next());
    try (TestBastion before =
        TestBastion.start(directory, listen, "host-keys = [ed25519, \"%s\"]".formatted(fresh))) {
      learn(before.ssh(), 2, LEARNT);
    }
    try (TestBastion after =
        TestBastion.start(directory, listen, "host-keys = [\"%s\"]".formatted(fresh))) {
      Command.Ended ended = after.ssh().ssh("-o", "StrictHostKeyChecking=yes", "bastion");

      assertThat(ended.errors()).doesNotContainIgnoringCase("warning");
      assertThat(ended.exit()).isZero();

      learn(after.ssh(), 1, "Deprecating obsolete hostkey");
      assertThat(known(after.ssh())).containsExactly(publicKey(fresh));
    }
  }

  @Test
  void aClientThatWasAwayIsWarnedOfAKeyItNeverLearnt() throws IOException {
    String listen = "listen = [\"127.0.0.1:%d\"]".formatted(FreePort.next());
    Path fresh = OpenSsh.makeKey(directory.resolve("fresh"), "-t", "ed25519");
    try (TestBastion before = TestBastion.start(directory, listen)) {
      assertThat(before.ssh().ssh("bastion").exit()).isZero();
    }
    try (TestBastion after =
        TestBastion.start(directory, listen, "host-keys = [\"%s\"]".formatted(fresh))) {
      Command.Ended ended = after.ssh().ssh("bastion");

      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors()).contains("REMOTE HOST IDENTIFICATION HAS CHANGED");
    }
  }

  @Test
  void keepsItsKeysOverARestart() throws IOException {
    String listen = "listen = [\"127.0.0.1:%d\"]".formatted(FreePort.next());
    for (int i = 0; i < 2; i++) {
      try (TestBastion bastion =
          TestBastion.start(directory, listen, "host-keys = [ed25519, ecdsa]")) {
        assertThat(bastion.ssh().ssh("bastion").exit()).isZero();
      }
    }
  }
}
