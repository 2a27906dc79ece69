package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.CompletionCommand;
import dev.sallyport.cli.EveryCommandTest;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.policy.SystemResolver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Manual pages and completion, as groff and bash see them. */
class ManualTest {
  @TempDir static Path share;

  private static CommandLine main() {
    return Main.commandLine(ConfigurationLoader.installedPlugins(), new SystemResolver());
  }

  /** Standard output; what is on standard error fails the test. */
  private static String run(Path input, String... command)
      throws IOException, InterruptedException {
    Path errors = share.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectError(errors.toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    assertThat(Files.readString(errors)).as(String.join(" ", command)).isEmpty();
    assertThat(exit).isZero();
    return out;
  }

  @TestFactory
  Stream<DynamicTest> everyCommandHasAPageThatGroffRendersWithoutAWarning() throws IOException {
    Manual.main(new String[] {share.toString()});
    return EveryCommandTest.commands()
        .map(
            command -> DynamicTest.dynamicTest(command.qualifiedName(), () -> isRendered(command)));
  }

  private static void isRendered(CommandSpec command) throws Exception {
    Path page = share.resolve("man/man1/" + command.qualifiedName("-") + ".1");
    String text =
        run(page, "groff", "-man", "-Tascii", "-P-cbou", "-rLL=200n", "-ww")
            .replaceAll("\\s+", " ");
    assertThat(text)
        .contains("NAME " + command.qualifiedName("-") + " - ")
        .contains("SYNOPSIS " + command.qualifiedName() + " [")
        .contains("DESCRIPTION ", "OPTIONS ", "EXIT STATUS ");
    for (OptionSpec option : command.options()) {
      assertThat(text).contains(option.names());
      for (String line : option.description()) {
        assertThat(text).contains(String.format(line).strip().replaceAll("\\s+", " "));
      }
    }
    for (String code : command.usageMessage().exitCodeList().values()) {
      assertThat(text).contains(code);
    }
    assertThat(text).doesNotContain("${", "%n");
  }

  @Test
  void pagesReferToPagesThatAreThere() throws Exception {
    Manual.main(new String[] {share.toString()});
    List<String> references = new ArrayList<>();
    try (var pages = Files.newDirectoryStream(share.resolve("man/man1"), "*.1")) {
      for (Path page : pages) {
        String text = Files.readString(page);
        String last =
            text.substring(text.indexOf(".SH SEE ALSO\n") + 1)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        for (String reference : last.replace("\\-", "-").split(", ")) {
          references.add(reference);
          assertThat(share.resolve("man/man1/" + reference.replace("(1)", ".1"))).exists();
        }
      }
    }
    assertThat(references).contains("sallyport(1)", "sallyport-recording-list(1)");
  }

  @ParameterizedTest
  @CsvSource({
    "'recording', 2, '', 'list play export'",
    "'recording', 2, 'l', 'list'",
    "'known-hosts', 2, '', 'list forget'",
    "'recording list', 3, '--lim', '--limit'",
    "'policy explain', 3, '--wh', '--who'",
    "'', 1, 'compl', 'completion'",
  })
  void bashCompletes(String before, int at, String word, String completions) throws Exception {
    CommandLine main = main();
    Path script = Files.writeString(share.resolve("completion"), CompletionCommand.script(main));
    String all =
        """
        compopt() { :; } # bash's own works in an interactive shell only
        source '%s'
        COMP_WORDS=(sallyport %s '%s')
        COMP_CWORD=%d
        _complete_sallyport
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(script, before, word, at);
    Path asking = Files.writeString(share.resolve("asking"), all);
    assertThat(run(asking, "bash", "--norc").lines().map(String::strip))
        .contains(completions.split(" "));
  }
}
