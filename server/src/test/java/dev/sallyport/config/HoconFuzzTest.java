package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class HoconFuzzTest {
  /** Any file is a configuration or a list of errors that a terminal can show. */
  @FuzzTest(maxDuration = "60s")
  void anyFileIsLoadedOrRefusedInSafeWords(byte[] data) throws IOException {
    TestPlugins plugins = new TestPlugins();
    Path file = Files.createTempFile("sallyport", ".conf");
    try {
      Files.write(file, data);
      switch (new ConfigurationLoader(plugins.factories(), TestPlugins.silent()).load(file)) {
        case Loading.Loaded loaded -> loaded.close();
        case Loading.Rejected(var errors) ->
            assertThat(errors)
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error.toString()).matches("[ -~]+"));
      }
      assertThat(plugins.open()).isZero();
    } finally {
      Files.delete(file);
    }
  }
}
