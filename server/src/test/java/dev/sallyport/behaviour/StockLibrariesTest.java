package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are not OpenSSH's: libraries with fewer algorithms and other habits. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StockLibrariesTest {
  @TempDir Path directory;

  /** libssh2 1.10, which Debian 12's curl has, knows no encrypt-then-MAC. */
  @Test
  void curlFetchesAFileFromARecordedTarget() throws IOException {
    Path file = Files.writeString(directory.resolve("report"), "figures\n");
    try (OpenSshd instance = new OpenSshd(directory.resolve("instance"));
        TestBastion bastion =
            TestBastion.start(
                directory,
                instance.credential(),
                "recording.reserve = \"0 B\"",
                "rules = [" + instance.recordedRule("") + "]");
        Tunnel tunnel = Tunnel.open(bastion.ssh(), "127.0.0.1:" + instance.port())) {
      String url =
          "sftp://%s@127.0.0.1:%d%s".formatted(instance.user(), tunnel.port(), file.toString());
      Path key = directory.resolve("alice");

      Command.Ended ended =
          Command.run(
              List.of(
                  "curl",
                  "-sS",
                  "--insecure",
                  "--key",
                  key.toString(),
                  "--pubkey",
                  key + ".pub",
                  url));

      assertThat(ended.errors()).isEmpty();
      assertThat(ended.output()).isEqualTo("figures\n");
    }
  }
}
