package com.example.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README shows this module's very source, so what it shows compiles and is tested. */
class ReadmeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/main/java/com/example/sallyport/OneKeyPluginFactory.java",
        "src/test/java/com/example/sallyport/OneKeyPluginTest.java",
        "src/main/resources/META-INF/services/dev.sallyport.spi.AuthPluginFactory",
      })
  void theReadmeShowsTheSourceAsItIs(String file) throws IOException {
    String source = Files.readString(Path.of(file));
    assertThat(Files.readString(Path.of("../README.md"))).contains("\n" + source + "```");
  }
}
