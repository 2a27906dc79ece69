package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * PuTTY's plink through plink: much data both ways at once. Such a client stops reading its socket
 * while its output is full, so a window adjustment that it waits for may be behind data.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlinkTest {
  /** One of four recorded runs, and one of six plain ones, once never ended. */
  private static final int RUNS = 12;

  private static final int BYTES = 6_000_000;
  private static final String SECONDS_UNTIL_IT_HANGS = "60";

  @TempDir Path directory;
  private OpenSshd plain;
  private OpenSshd recorded;
  private TestBastion bastion;
  private Path key;

  @BeforeEach
  void start() throws IOException {
    plain = new OpenSshd(directory.resolve("plain"));
    recorded = new OpenSshd(directory.resolve("recorded"));
    bastion =
        TestBastion.start(
            directory,
            recorded.credential(),
            "recording.reserve = \"0 B\"",
            """
            rules = [
              %s
              { name = plain, users = [alice], to = ["127.0.0.1:%d"] }
            ]
            """
                .formatted(recorded.recordedRule(""), plain.port()));
    byte[] random = new byte[BYTES];
    new Random(6).nextBytes(random);
    Files.write(directory.resolve("sent"), random);
    key = ppk(directory.resolve("alice"));
  }

  @AfterEach
  void stop() {
    bastion.close();
    plain.close();
    recorded.close();
  }

  private static Path ppk(Path openSsh) {
    Path ppk = Path.of(openSsh + ".ppk");
    Command.Ended ended =
        Command.run(List.of("puttygen", openSsh.toString(), "-o", ppk.toString()));
    assertThat(ended.exit()).as(ended.errors()).isZero();
    return ppk;
  }

  private static String fingerprint(Path publicKey) {
    return Command.run(List.of("ssh-keygen", "-l", "-f", publicKey.toString()))
        .output()
        .split(" ")[1];
  }

  private void sendAndReceive(OpenSshd instance, Path identity, Path hostKey) {
    String outer =
        "plink -batch -ssh -i %s -hostkey %s -P %d -nc 127.0.0.1:%d alice@127.0.0.1"
            .formatted(
                key,
                fingerprint(directory.resolve("state/host-keys/ssh_host_ed25519_key.pub")),
                bastion.port(),
                instance.port());
    // By a name, because PuTTY uses no proxy for addresses of the own machine.
    String inner =
        "timeout %s plink -batch -ssh -i %s -hostkey %s -P %d -proxycmd '%s' %s@instance.test cat"
            .formatted(
                SECONDS_UNTIL_IT_HANGS,
                identity,
                fingerprint(hostKey),
                instance.port(),
                outer,
                instance.user());
    for (int run = 0; run < RUNS; run++) {
      Command.Ended ended =
          Command.run(
              List.of("bash", "-c", "cd %s; %s <sent >received".formatted(directory, inner)));

      assertThat(ended.exit()).as("run %d: %s", run, ended.errors()).isZero();
      assertThat(directory.resolve("received")).hasSameBinaryContentAs(directory.resolve("sent"));
    }
  }

  @Test
  void muchPassesBothWaysThroughAPlainForward() {
    sendAndReceive(plain, ppk(plain.identity()), directory.resolve("plain/host.pub"));
  }

  @Test
  void muchPassesBothWaysThroughARecordedSession() {
    sendAndReceive(recorded, key, directory.resolve("state/host-keys/inner_ed25519_key.pub"));
  }
}
