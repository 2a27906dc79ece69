package dev.sallyport;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/limits.md names what exists, and leaves out no resource and no party. */
final class LimitsPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/limits.md");
  private static final List<String> RESOURCES =
      List.of("Processor time", "Memory", "Threads", "Descriptors", "Disk", "Log");
  private static final Set<String> PARTIES = Set.of("unauthenticated client", "user", "target");
  private static final List<String> COLUMNS =
      List.of("who", "what they can do", "bound", "what happens when it is reached", "held by");

  /** {@code limits.login-grace}, and the default that may follow it in parentheses. */
  private static final Pattern KEY =
      Pattern.compile("`([a-z][a-z0-9-]*(?:\\.[a-z][a-z0-9-]*)+)`(?: \\(([^)]*)\\))?");

  /** {@code Conduct.MOST_MESSAGES}, and the value that may follow it in parentheses. */
  private static final Pattern CONSTANT =
      Pattern.compile("`([A-Z][A-Za-z0-9]*)\\.([A-Z][A-Z0-9_]*)`(?: \\(([^)]*)\\))?");

  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))`");

  /** The content of files by the name of their class. */
  private static Map<String, String> sources;

  private static Set<String> tests;
  private static Config reference;

  private record Row(
      String resource, String who, String what, String bound, String reached, String heldBy) {
    boolean isReason() {
      return what.startsWith("cannot");
    }
  }

  @BeforeAll
  static void read() throws IOException {
    sources = new LinkedHashMap<>();
    for (Path file : javaFiles("src/main/java")) {
      sources.merge(className(file), Files.readString(file), String::concat);
    }
    tests =
        new TreeSet<>(javaFiles("src/test/java").stream().map(LimitsPageTest::className).toList());
    reference =
        ConfigFactory.parseFile(ROOT.resolve("config/sallyport.conf").toFile())
            .getConfig("sallyport");
  }

  private static List<Path> javaFiles(String folder) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of("server", "auth-plugins", "deploy")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> file.toString().contains("/" + folder + "/"))
            .filter(file -> !file.toString().contains("/target/classes/"))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static String className(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String resource = "";
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("## ")) {
        resource = line.substring(3);
      }
      if (line.startsWith("|") && !line.startsWith("|---")) {
        List<String> cells =
            Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                .map(String::strip)
                .toList();
        assertThat(cells).as(line).hasSize(COLUMNS.size());
        if (!cells.equals(COLUMNS)) {
          rows.add(
              new Row(
                  resource, cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4)));
        }
      }
    }
    return rows;
  }

  @Test
  void everyResourceHasRowsForEveryParty() throws IOException {
    List<Row> rows = rows();
    assertThat(rows.stream().map(Row::resource).distinct()).containsExactlyElementsOf(RESOURCES);
    assertThat(rows).allSatisfy(row -> assertThat(row.who()).isIn(PARTIES));
    for (String resource : RESOURCES) {
      assertThat(rows.stream().filter(row -> row.resource().equals(resource)).map(Row::who))
          .as(resource)
          .containsAll(PARTIES);
    }
  }

  @Test
  void everyRowHasABoundAndATestOrSaysWhyItNeedsNone() throws IOException {
    for (Row row : rows()) {
      if (row.isReason()) {
        assertThat(row.what()).as(row.toString()).contains(": ");
      } else {
        assertThat(row.bound()).as(row.toString()).isNotBlank();
        assertThat(row.reached()).as(row.toString()).isNotBlank();
        assertThat(TEST.matcher(row.heldBy()).find()).as(row.toString()).isTrue();
      }
    }
  }

  @Test
  void everyTestExists() throws IOException {
    List<String> named =
        TEST.matcher(page()).results().map(match -> match.group(1)).distinct().toList();
    assertThat(tests).containsAll(named);
    assertThat(rows().stream().map(row -> TEST.matcher(row.heldBy()).replaceAll("")))
        .as("only names of test classes, with commas between")
        .allMatch(rest -> rest.matches("[, ]*"));
  }

  @Test
  void everyKeyExistsAndHasTheDefault() throws IOException {
    for (MatchResult match : KEY.matcher(page()).results().toList()) {
      String key = match.group(1);
      assertThat(reference.hasPath(key)).as(key).isTrue();
      if (match.group(2) != null) {
        assertThat(reference.getAnyRef(key).toString()).as(key).isEqualTo(match.group(2));
      }
    }
  }

  @Test
  void everyConstantExistsAndHasTheValue() throws IOException {
    for (MatchResult match : CONSTANT.matcher(page()).results().toList()) {
      String name = match.group(1) + "." + match.group(2);
      String source = sources.getOrDefault(match.group(1), "");
      List<String> values =
          Pattern.compile("\\b" + match.group(2) + "\\s*=\\s*([^;]+);")
              .matcher(source)
              .results()
              .map(found -> found.group(1))
              .toList();
      assertThat(values).as(name).isNotEmpty();
      if (match.group(3) != null) {
        assertThat(values.stream().map(LimitsPageTest::shown)).as(name).contains(match.group(3));
      }
    }
  }

  /** As the page writes it: {@code 100_000_000L} is 100000000, and five seconds are 5 s. */
  private static String shown(String value) {
    String plain = value.replaceAll("(?<=[0-9])[_L]", "").replaceAll("\\s+", " ");
    return Pattern.compile("Duration\\.of(Millis|Seconds|Minutes|Hours|Days)\\(([0-9]+)\\)")
        .matcher(plain)
        .replaceAll(match -> match.group(2) + " " + unit(match.group(1)))
        .replaceAll("new Semaphore\\(([0-9]+)(, true)?\\)", "$1");
  }

  private static String unit(String name) {
    return switch (name) {
      case "Millis" -> "ms";
      case "Seconds" -> "s";
      case "Minutes" -> "m";
      case "Hours" -> "h";
      default -> "d";
    };
  }

  @Test
  void everyKeyOfTheLimitsIsOnThePage() throws IOException {
    String page = page();
    assertThat(
            reference.getConfig("limits").root().keySet().stream()
                .filter(key -> !page.contains("`limits." + key + "`"))
                .sorted())
        .isEmpty();
  }

  @Test
  void theReadmeAndTheArchitecturePageLinkToIt() throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("](docs/limits.md)");
    assertThat(Files.readString(ROOT.resolve("docs/architecture.md"))).contains("](limits.md)");
  }

  private static String page() throws IOException {
    return Files.readAllLines(PAGE).stream().collect(joining("\n"));
  }
}
