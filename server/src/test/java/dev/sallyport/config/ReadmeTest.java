package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README and docs/operating.md show of the configuration can be copied. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  private static final Path OPERATING = Path.of("..", "docs", "operating.md");

  @TempDir Path folder;

  static Stream<String> blocks() throws IOException {
    return Stream.concat(blocks(README), blocks(OPERATING));
  }

  private static Stream<String> blocks(Path page) throws IOException {
    return Pattern.compile("(?ms)^```hocon\n(.*?)^```$")
        .matcher(Files.readString(page))
        .results()
        .map(block -> block.group(1));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void everyBlockOfConfigurationCanBeOpened(String block) throws IOException {
    // The variable is set where systemd starts the server.
    String text = block.replace("${CREDENTIALS_DIRECTORY}", "/run/credentials/sallyport.service");
    assertThat(read(text).errors()).isEmpty();
  }

  private InstalledPlugins.Read read(String block) throws IOException {
    if (block.startsWith("sallyport {")) {
      return InstalledPlugins.read(Files.writeString(folder.resolve("sallyport.conf"), block));
    }
    // A part of the file stands beside the others, such as the groups that its rules name.
    String others = block.contains("groups = [ops]") ? "groups { ops = [alice] }\n" : "";
    if (!block.contains("plugins = [")) {
      others +=
          "auth.plugins = [ { type = authorized-keys, files = [\"/etc/sallyport/keys/%u\"] } ]\n";
    }
    return InstalledPlugins.readServer(folder, others + block);
  }

  @Test
  void beginsTheInstallationWithFiveLinesForEc2() throws IOException {
    String text = Files.readString(README);
    String block = blocks().findFirst().orElseThrow();
    assertThat(text.substring(text.indexOf("## Install it\n"), text.indexOf("## Configure it\n")))
        .contains(block);
    assertThat(block.lines()).hasSize(5);
    assertThat(block).contains("private-networks = \"vpc\"").contains("type = ec2");
  }
}
