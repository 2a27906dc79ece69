package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A reload that breaks, which SIGHUP has nobody else to tell of. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailingReloadTest {
  @TempDir Path directory;

  /** Breaks in a way that nobody foresees. */
  private static final class Breaks implements AuthPluginFactory {
    @Override
    public String type() {
      return "breaks";
    }

    @Override
    public AuthPlugin open(PluginSettings settings, Reporter reporter) {
      throw new StackOverflowError("too deep");
    }
  }

  @Test
  void itIsInTheAuditLogAndChangesNothing() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    plugins.add(new Breaks());
    try (TestBastion bastion = TestBastion.start(directory, plugins)) {
      ReloadAnswer answer = bastion.reload("auth.plugins = [ { type = breaks } ]");

      assertThat(answer)
          .isEqualTo(
              new ReloadAnswer.Failed(
                  "the bastion failed: java.lang.StackOverflowError: too deep"));
      assertThat(bastion.audit().await("configuration-refused").detail()).contains("too deep");
      assertThat(bastion.ssh().ssh("bastion").output()).startsWith("You are alice");
    }
  }
}
