package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The READMEs of the plugins show what is there. */
class PluginReadmesTest {
  private static final Path PLUGINS = Path.of("..", "auth-plugins");
  private static final String CLASS =
      "src/main/java/com/example/sallyport/OneKeyPluginFactory.java";

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
}
