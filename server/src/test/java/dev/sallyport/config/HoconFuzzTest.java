package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the file holds, it is loaded or refused with errors that can be shown. */
class HoconFuzzTest {
  @TempDir Path folder;

  @Test
  void everyFileIsLoadedOrRefusedWithReasons() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("..", "config", "sallyport.conf"));
    TestPlugins plugins = new TestPlugins();
    ConfigurationLoader loader = new ConfigurationLoader(plugins.factories(), TestPlugins.silent());
    Path file = folder.resolve("sallyport.conf");
    int[] loaded = new int[2];
    Fuzz.run(
        3_000,
        (fuzz, round) -> {
          List<String> mutated = new ArrayList<>(lines);
          for (int i = fuzz.below(4); i >= 0; i--) {
            int at = fuzz.below(mutated.size());
            String line = mutated.get(at);
            mutated.set(at, line.isEmpty() ? fuzz.mutate(lines) : fuzz.mutate(List.of(line)));
          }
          Files.writeString(file, String.join("\n", mutated), StandardCharsets.UTF_8);
          switch (loader.load(file)) {
            case Loading.Loaded good -> {
              loaded[0]++;
              good.close();
              Path again =
                  Files.writeString(
                      folder.resolve("again.conf"),
                      ConfigurationPrinter.print(good.configuration()));
              assertThat(loader.load(again))
                  .isInstanceOfSatisfying(
                      Loading.Loaded.class,
                      same -> {
                        same.close();
                        assertThat(same.configuration().policy())
                            .isEqualTo(good.configuration().policy());
                      });
            }
            case Loading.Rejected(List<ConfigurationError> errors) -> {
              loaded[1]++;
              assertThat(errors).isNotEmpty();
              assertThat(errors)
                  .allSatisfy(error -> assertThat(error.toString()).matches("[ -~]+"));
            }
          }
          assertThat(plugins.open()).isZero();
        });
    assertThat(loaded[0]).as("some are loaded").isPositive();
    assertThat(loaded[1]).as("some are refused").isPositive();
  }
}
