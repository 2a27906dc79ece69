package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** config/sallyport.conf tells the truth, and all of it. */
class ReferenceTest {
  private static final Path REFERENCE = Path.of("..", "config", "sallyport.conf");
  private static final String LEAST =
      """
      sallyport {
        private-networks = ["10.0.0.0/16"]
        auth.plugins = [ { type = authorized-keys, files = ["/etc/sallyport/keys/%u"], revoked = [] } ]
        groups { ops = [ec2-user] }
        credentials {
          web = {
            type = key
            file = "/etc/sallyport/bastion-to-private.pem"
            passphrase-file = "/etc/sallyport/bastion-to-private.passphrase"
          }
          certificate.type = ca
          agent.type = agent
        }
        rules = [
          { name = ssh, groups = [ops], to = ["10.0.3.0/24:22"] }
          {
            name = recorded-ssh
            groups = [ops]
            to = ["10.0.2.0/24:22"]
            record = session
            logins = [ec2-user]
            credential = web
          }
        ]
      }
      """;

  @TempDir Path folder;

  @Test
  void everyKeyThatIsNoExampleHasItsDefault() throws Exception {
    Path least = Files.writeString(folder.resolve("least.conf"), LEAST);
    assertThat(ConfigurationPrinter.print(load(REFERENCE)))
        .isEqualTo(ConfigurationPrinter.print(load(least)));
  }

  @Test
  void hasEveryKeyThatIsKnown() throws Exception {
    Findings findings = new Findings(REFERENCE);
    Loading loading = loader().load(REFERENCE, findings);
    ((Loading.Loaded) loading).close();
    Set<String> known = new TreeSet<>(findings.keys());
    // Told beside the other place where a passphrase may be.
    known.removeIf(key -> key.endsWith(".passphrase-env"));
    Set<String> written = new TreeSet<>();
    flatten("", ConfigFactory.parseFile(REFERENCE.toFile()).root().unwrapped(), written);
    assertThat(written).containsAll(known);
    assertThat(known).hasSizeGreaterThan(40);
  }

  @Test
  void everyKeyIsUnderAComment() throws Exception {
    List<String> lines = Files.readAllLines(REFERENCE);
    Pattern blockOrList = Pattern.compile("  [a-z-]+ (\\{|= .*)");
    for (int i = 0; i < lines.size(); i++) {
      if (blockOrList.matcher(lines.get(i)).matches() && !lines.get(i).startsWith("  auth ")) {
        assertThat(lines.get(i - 1)).as(lines.get(i)).startsWith("  #");
      }
    }
  }

  /** A comment such as {@code # 1 to 100} behind a key is the range that the code holds it to. */
  @Test
  void everyRangeThatACommentTellsIsTheRangeThatHolds() throws Exception {
    Pattern range = Pattern.compile("^    ([a-z-]+) = \\S.*# \"?([^\"]+?)\"? to \"?([^\"]+?)\"?$");
    String block = "";
    int checked = 0;
    for (String line : Files.readAllLines(REFERENCE)) {
      Matcher start = Pattern.compile("^  ([a-z-]+) \\{$").matcher(line);
      if (start.matches()) {
        block = start.group(1);
      }
      Matcher matcher = range.matcher(line);
      if (matcher.matches()) {
        String wrong = block + "." + matcher.group(1) + " = \"out of any range\"\n";
        Path file =
            Files.writeString(
                folder.resolve("wrong.conf"),
                LEAST.replace("sallyport {", "sallyport {\n" + wrong));
        assertThat(loader().load(file))
            .as(line)
            .isInstanceOfSatisfying(
                Loading.Rejected.class,
                rejected ->
                    assertThat(rejected.errors().toString())
                        .contains("from " + matcher.group(2) + " to " + matcher.group(3)));
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(10);
  }

  static Stream<String> installed() {
    return ConfigurationLoader.installedPlugins().stream().map(AuthPluginFactory::type);
  }

  @ParameterizedTest
  @MethodSource("installed")
  void hasABlockOfEachInstalledPluginWithAllOfItsKeys(String type) throws Exception {
    String block = pluginBlock(type);
    InstalledPlugins.Read read = InstalledPlugins.readBlocks(folder, block);
    assertThat(read.errors()).isEmpty();
    assertThat(
            Pattern.compile("(?m)^  (?:# )?([a-z0-9-]+) = ")
                .matcher(block)
                .results()
                .map(key -> key.group(1)))
        .containsExactlyInAnyOrderElementsOf(read.known());
  }

  @ParameterizedTest
  @MethodSource("installed")
  void everyRangeInAPluginsBlockIsTheRangeThatHolds(String type) throws Exception {
    String block = pluginBlock(type);
    List<MatchResult> ranges =
        Pattern.compile("(?m)^  ([a-z-]+) = \\S.*# (.+ to .+)$").matcher(block).results().toList();
    for (MatchResult range : ranges) {
      String wrong =
          block.replace(range.group(), "  " + range.group(1) + " = \"out of any range\"");
      assertThat(InstalledPlugins.readBlocks(folder, wrong).errors())
          .contains(range.group(1), "from " + range.group(2));
    }
  }

  /**
   * The one block of the type, in a comment or not, as it is when nothing of it is in a comment.
   */
  private static String pluginBlock(String type) throws IOException {
    List<String> blocks =
        Pattern.compile("(?ms)^      (# )?\\{$.*?^      (# )?\\}$")
            .matcher(Files.readString(REFERENCE))
            .results()
            .map(block -> block.group().replaceAll("(?m)^      (# )?(?=[ {}])", ""))
            .filter(block -> block.contains("\n  type = " + type + "\n"))
            .toList();
    assertThat(blocks).hasSize(1);
    return blocks.getFirst();
  }

  private static void flatten(String path, Map<?, ?> block, Set<String> keys) {
    block.forEach((key, value) -> {
      String at = path.isEmpty() ? key.toString() : path + "." + key;
      keys.add(at);
      if (value instanceof Map<?, ?> inner) {
        flatten(at, inner, keys);
      } else if (value instanceof List<?> list) {
        list.stream()
            .filter(Map.class::isInstance)
            .forEach(element -> flatten(at + "[]", (Map<?, ?>) element, keys));
      }
    });
  }

  private static ConfigurationLoader loader() {
    return new ConfigurationLoader(ConfigurationLoader.installedPlugins(), TestPlugins.silent());
  }

  private static Configuration load(Path file) {
    return switch (loader().load(file)) {
      case Loading.Loaded loaded -> loaded.configuration();
      case Loading.Rejected(List<ConfigurationError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }
}
