package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plugin that takes a certificate for a key lets nobody in past its critical options. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BlindPluginTest {
  @TempDir Path directory;

  /** Accepts whatever certificate is offered, and demands nothing. */
  private static final class BlindPluginFactory implements AuthPluginFactory {
    @Override
    public String type() {
      return "blind";
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter) {
      return (attempt, key) ->
          key.type().contains("-cert-")
              ? new Verdict.Accepted(attempt.user(), Set.of(), "", Restrictions.NONE)
              : new Verdict.Unclaimed();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "permit-pty, 0",
    "force-command=ssh, 255",
    "source-address=127.0.0.1, 255",
    "critical:x=y, 255",
  })
  void letsNobodyInPastACriticalOption(String option, int exit) throws IOException {
    Path authority = OpenSsh.makeKey(directory.resolve("ca"), "-t", "ed25519");
    Path key = OpenSsh.makeKey(directory.resolve("certified"), "-t", "ed25519");
    List<String> sign =
        List.of(
            "ssh-keygen",
            "-q",
            "-s",
            authority.toString(),
            "-I",
            "id",
            "-n",
            "alice",
            "-O",
            option,
            key + ".pub");
    assertThat(Command.run(sign).exit()).isZero();
    List<AuthPluginFactory> plugins = new ArrayList<>(List.of(new BlindPluginFactory()));
    try (TestBastion bastion =
        TestBastion.start(directory, plugins, "auth.plugins = [ { type = blind } ]")) {
      Command.Ended ended =
          bastion
              .ssh()
              .ssh(
                  "-o",
                  "CertificateFile=" + key + "-cert.pub",
                  "-i",
                  key.toString(),
                  "-p",
                  Integer.toString(bastion.port()),
                  "alice@127.0.0.1");
      assertThat(ended.exit()).as(ended.errors()).isEqualTo(exit);
    }
  }
}
