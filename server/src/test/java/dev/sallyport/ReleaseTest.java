package dev.sallyport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/release}, in a repository of its own. */
final class ReleaseTest {
  @TempDir Path root;

  private record Ended(int exit, String output) {}

  @BeforeEach
  void makeRepository() throws Exception {
    Files.createDirectories(root.resolve("deploy"));
    Files.createDirectories(root.resolve("server"));
    Files.createDirectories(root.resolve("auth-plugins"));
    Files.copy(
        Path.of("../deploy/release"),
        root.resolve("deploy/release"),
        StandardCopyOption.COPY_ATTRIBUTES);
    for (String module : List.of("", "server/")) {
      Files.writeString(
          root.resolve(module + "pom.xml"),
          """
          <project>
            <version>0.2.0-SNAPSHOT</version>
            <project.build.outputTimestamp>2026-01-01T00:00:00Z</project.build.outputTimestamp>
            <dependency><version>9.9.9</version></dependency>
          </project>
          """);
    }
    Files.writeString(
        root.resolve("auth-plugins/README.md"), "<version>0.2.0-SNAPSHOT</version>\n");
    Files.writeString(
        root.resolve("CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n### Added\n- `nc`.\n");
    git("init", "-q");
    git("config", "user.name", "tester");
    git("config", "user.email", "tester@example.com");
    git("add", ".");
    git("commit", "-q", "-m", "all");
  }

  private Ended run(List<String> command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    // A hook or a build that git started would have git look at another repository.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private String git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Ended ended = run(command);
    assertThat(ended.exit()).as(ended.output()).isZero();
    return ended.output().strip();
  }

  private Ended release(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("deploy/release"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  @Test
  void tagsTheReleaseAndBeginsTheNextVersion() throws Exception {
    Ended ended = release("0.2.0", "0.3.0");

    assertThat(ended)
        .isEqualTo(new Ended(0, "tagged v0.2.0; publish it with: git push --follow-tags\n"));
    assertThat(git("cat-file", "-t", "v0.2.0")).isEqualTo("tag");
    for (String file : List.of("pom.xml", "server/pom.xml", "auth-plugins/README.md")) {
      assertThat(git("show", "v0.2.0:" + file))
          .contains("<version>0.2.0</version>")
          .doesNotContain("SNAPSHOT");
      assertThat(Files.readString(root.resolve(file)))
          .contains("<version>0.3.0-SNAPSHOT</version>");
    }
    assertThat(git("show", "v0.2.0:pom.xml")).contains("<version>9.9.9</version>");
    assertThat(Files.readString(root.resolve("CHANGELOG.md")))
        .matches(
            "(?s)# Changelog\n\n## \\[Unreleased]\n\n## \\[0\\.2\\.0] - [0-9]{4}-[0-9]{2}-[0-9]{2}"
                + "\n\n### Added\n- `nc`.\n");
    assertThat(git("log", "--format=%s")).isEqualTo("release: begin 0.3.0\nrelease: 0.2.0\nall");
    assertThat(git("status", "--porcelain")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0.2, 0.3.0, 'say VERSION and NEXT'",
    "v0.2.0, 0.3.0, 'say VERSION and NEXT'",
    "'', '', 'say VERSION and NEXT'",
    "0.2.0, 0.2.0, '0.2.0 is not after 0.2.0'",
    "0.10.0, 0.9.0, '0.9.0 is not after 0.10.0'",
    "0.4.0, 0.5.0, 'pom.xml does not have the version 0.4.0-SNAPSHOT'"
  })
  void refusesVersionsThatMakeNoSense(String version, String next, String why) throws Exception {
    assertRefused(release(version, next), why);
  }

  @Test
  void refusesWhatIsNotCommitted() throws Exception {
    Files.writeString(root.resolve("note"), "");

    assertRefused(release("0.2.0", "0.3.0"), "there are changes that are not committed");
  }

  @Test
  void refusesAReleaseThatChangesNothing() throws Exception {
    Files.writeString(
        root.resolve("CHANGELOG.md"),
        "## [Unreleased]\n\n### Added\n\n## [0.1.0] - 2026-01-01\n- x\n");
    git("commit", "-q", "-a", "-m", "no changes");

    assertRefused(release("0.2.0", "0.3.0"), "CHANGELOG.md has nothing under [Unreleased]");
  }

  @Test
  void refusesATagThatExists() throws Exception {
    git("tag", "v0.2.0");

    assertThat(release("0.2.0", "0.3.0").output()).contains("the tag v0.2.0 exists");
  }

  @Test
  void aCheckChangesNothing() throws Exception {
    assertThat(release("--check", "0.2.0", "0.3.0")).isEqualTo(new Ended(0, ""));
    assertThat(git("log", "--format=%s")).isEqualTo("all");
    assertThat(git("tag")).isEmpty();
  }

  private void assertRefused(Ended ended, String why) throws Exception {
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output()).startsWith("release: ").contains(why);
    assertThat(git("tag")).isEmpty();
  }
}
