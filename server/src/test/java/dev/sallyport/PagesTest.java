package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The project's pages link to what is there, and name classes that exist. */
final class PagesTest {
  private static final Path ROOT = Path.of("..");

  /** {@code [text](place)} and {@code [text](place#section)}, to a place in the project. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");

  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");

  /** A class, perhaps with its package before and a member behind: {@code ssh.PeerWork.FREE}. */
  private static final Pattern CLASS =
      Pattern.compile("`(?:[a-z.]+\\.)?([A-Z][a-z]+[A-Za-z0-9]*)(?:\\.([A-Za-z_]+))?`");

  /** Names of others, in {@code docs/architecture.md}. */
  private static final Set<String> OF_OTHERS =
      Set.of("DynamicUser", "Error", "ExitOnOutOfMemoryError", "OpenSSH", "ProxyCommand", "Thread");

  private static final Set<String> OF_OPENSSH =
      Set.of("PerSourcePenalties", "MaxSessions", "MaxStartups", "LoginGraceTime");

  /** The sources of classes, by name. */
  private static Map<String, String> sources;

  @BeforeAll
  static void read() throws IOException {
    sources = new HashMap<>();
    for (String module : List.of("server", "auth-support", "auth-plugins", "deploy")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        for (Path file : files.filter(PagesTest::isSource).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
  }

  private static boolean isSource(Path file) {
    String name = file.toString();
    return name.endsWith(".java") && name.contains("/src/") && !name.contains("/target/classes/");
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve("auth-plugins"))) {
      files.filter(file -> file.endsWith("README.md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @TestFactory
  Stream<DynamicTest> everyLinkHasItsPlace() throws IOException {
    return pages().stream()
        .map(page ->
            DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> checkLinks(page)));
  }

  private static void checkLinks(Path page) throws IOException {
    for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
      Path place = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
      assertThat(place).as(link.group()).exists();
      if (link.group(2) != null) {
        assertThat(sections(place)).as(link.group()).contains(link.group(2));
      }
    }
  }

  /** The names of headings as GitHub makes them, and those that the page gives itself. */
  private static List<String> sections(Path page) throws IOException {
    List<String> sections = new ArrayList<>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("#")) {
        String heading = line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT);
        sections.add(heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
      }
      ANCHOR.matcher(line).results().forEach(anchor -> sections.add(anchor.group(1)));
    }
    return sections;
  }

  @Test
  void theArchitecturePageNamesClassesAndMembersThatExist() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/architecture.md"));
    for (MatchResult match : CLASS.matcher(page).results().toList()) {
      String name = match.group(1);
      if (OF_OTHERS.contains(name) || OF_OPENSSH.contains(name)) {
        continue;
      }
      String source = sources.get(name);
      if (source == null) {
        // A class within another.
        assertThat(sources.values())
            .as(match.group())
            .anyMatch(text -> text.matches("(?s).*\\b(class|record|interface) " + name + "\\b.*"));
      } else if (match.group(2) != null) {
        assertThat(source).as(match.group()).containsPattern("\\b" + match.group(2) + "\\b");
      }
    }
  }
}
