package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The READMEs of the plugins show what is there. */
class PluginReadmesTest {
  private static final Path PLUGINS = Path.of("..", "auth-plugins");
  private static final String CLASS =
      "src/main/java/com/example/sallyport/OneKeyPluginFactory.java";

  @TempDir Path folder;

  /** So what it shows compiles and is tested. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        CLASS,
        "src/test/java/com/example/sallyport/OneKeyPluginTest.java",
        "src/main/resources/META-INF/services/dev.sallyport.spi.AuthPluginFactory",
      })
  void theExampleIsShownAsItIs(String file) throws IOException {
    String source = Files.readString(PLUGINS.resolve("example").resolve(file));
    assertThat(Files.readString(PLUGINS.resolve("README.md"))).contains("\n" + source + "```");
  }

  @Test
  void theExampleHasFewerThanSixtyLines() throws IOException {
    assertThat(Files.readAllLines(PLUGINS.resolve("example").resolve(CLASS))).hasSizeLessThan(60);
  }

  static Stream<Arguments> blocks() throws IOException {
    List<Arguments> blocks = new ArrayList<>();
    try (Stream<Path> files = Files.walk(PLUGINS, 2)) {
      for (Path readme : files.filter(file -> file.endsWith("README.md")).sorted().toList()) {
        Pattern.compile("(?ms)^ *```hocon\n(.*?)^ *```$")
            .matcher(Files.readString(readme))
            .results()
            .forEach(block -> blocks.add(Arguments.of(PLUGINS.relativize(readme), block.group(1))));
      }
    }
    return blocks.stream();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void everyBlockOfConfigurationCanBeOpened(Path readme, String block) throws IOException {
    Path jar = TestJars.example(folder.resolve("one-key.jar"));
    String keys = block.replace("/etc/sallyport/plugins/one-key.jar", jar.toString());
    InstalledPlugins.Read read =
        keys.strip().startsWith("{")
            ? InstalledPlugins.readBlocks(folder, keys)
            : InstalledPlugins.readServer(folder, keys);
    assertThat(read.errors()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.sallyport.config.ReferenceTest#installed")
  void everyInstalledPluginHasAReadmeWithABlock(String type) throws IOException {
    assertThat(blocks().map(block -> block.get()[0].toString())).contains(type + "/README.md");
  }
}
