package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.gateway.prompt.GatewayCommand.Reading;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What no line whatever can do. */
class GatewayCommandPropertyTest {
  private static final List<String> CORPUS =
      List.of(
          "ssh ec2-user@10.0.2.15 uptime",
          "ssh -t -p 2222 web 'cd /srv && make'",
          "ssh ssh://bob@[fd00::5]:2222 echo \"a b\"",
          "ssh -l bob -- web -x",
          "ssh web -tT ls\\ -l",
          "scp -t /tmp");

  @Test
  void everyLineIsUnderstoodOrRefusedInSafeWords() {
    int[] seen = new int[2];
    Fuzz.run(
        100_000,
        (fuzz, round) -> {
          String line = fuzz.mutate(CORPUS);
          switch (GatewayCommand.parse(line, "alice")) {
            case Reading.Understood(GatewayCommand command) -> {
              seen[0]++;
              check(line, command);
            }
            case Reading.Refused(String sentence) -> {
              seen[1]++;
              assertThat(sentence).as(line).matches("[ -~]{10,600}");
            }
          }
        });
    assertThat(seen[0]).as("some are understood").isPositive();
    assertThat(seen[1]).as("some are refused").isPositive();
  }

  static void check(String line, GatewayCommand command) {
    assertThat(command.login()).as(line).matches("[!-~]{1,255}").doesNotStartWith("-");
    assertThat(command.port()).as(line).isBetween(1, 65535);
    assertThat(command.target()).as(line).matches("[!-~]+");
    // The command is the end of the line, or that without one pair of quotes.
    command
        .command()
        .ifPresent(text -> {
          assertThat(text).as(line).isNotEmpty();
          if (!line.endsWith(text)) {
            assertThat(line.stripTrailing()).as(text).matches("(?s).*['\"]");
          }
        });
    // What is understood is understood again from its own words.
    String again =
        "ssh -p %d -l '%s' %s"
            .formatted(
                command.port(), command.login().replace("'", "'\\''"), command.host().text());
    assertThat(GatewayCommand.parse(again, "mallory"))
        .as(line)
        .isEqualTo(
            new Reading.Understood(
                new GatewayCommand(
                    command.login(),
                    command.host(),
                    command.port(),
                    Optional.empty(),
                    GatewayCommand.TerminalUse.AS_CLIENT,
                    false)));
  }

  @Test
  void aWordThatIsQuotedIsThatWord() {
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          String text = fuzz.mutate(CORPUS);
          ShellWords words =
              new ShellWords(
                  "'" + text.replace("'", "'\\''") + "' \"" + inDoubleQuotes(text) + "\"");
          assertThat(words.next())
              .isInstanceOfSatisfying(
                  ShellWords.Next.Word.class, word -> assertThat(word.text()).isEqualTo(text));
          assertThat(words.next())
              .isInstanceOfSatisfying(
                  ShellWords.Next.Word.class, word -> assertThat(word.text()).isEqualTo(text));
          assertThat(words.next()).isInstanceOf(ShellWords.Next.End.class);
        });
  }

  private static String inDoubleQuotes(String text) {
    return text.replaceAll("[$`\"\\\\]", "\\\\$0");
  }
}
