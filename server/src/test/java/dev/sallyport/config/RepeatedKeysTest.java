package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedKeysTest {
  private static List<String> found(String text) {
    assertThat(ConfigFactory.parseString(text)).as("the library reads it").isNotNull();
    Findings findings = new Findings(Path.of("f"));
    RepeatedKeys.find(text, findings);
    return findings.errors().stream().map(ConfigurationError::toString).toList();
  }

  /** Lines are separated by bars here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a = 1|a = 2; 2; a; 1",
        "a = 1, b = 2||a : 2; 3; a; 1",
        "\"a\" = 1|a = 2; 2; a; 1",
        "a { x = 1 }|# a|a { y = 2|x = 3 }; 4; a.x; 1",
        "a.b = 1|a.c = 2|a { b = 3 }; 3; a.b; 1",
        "a { \"b.c\" = 1 }|a.\"b.c\" = 2; 2; a.b.c; 1",
        "a|{ b = 1 }|a : { b = 2 }; 3; a.b; 2",
        "a = { b = 1 } { b = 2 }; 1; a.b; 1",
        "a = 5|a { b = 1 }; 2; a; 1",
        "a = 5|a.b = 1; 2; a; 1",
        "a { b = 1 }|a = 5; 2; a; 1",
        "a = [1]|a = [2]; 2; a; 1",
        "a = ${?X}|a = 5; 2; a; 1",
        "b = 1|a = ${b}|a = 5; 3; a; 2",
        "b { x = 0 }, a = ${b} { x = 1 }|a { x = 2 }; 2; a.x; 1",
        "r = [ { n = 1 }, { n = 1|n = 2 } ]; 2; r[1].n; 1",
        "r = [ { n = 1 } { n = 2 } ]; 1; r[0].n; 1",
        "a = \"x } # \\\" y\"|b = \"\"\"q|\"x\" }|\"\"\"\"|a = 2; 5; a; 1",
        "{|a = b // {|a = \"//\"}; 3; a; 2",
        "a = /x//y|a = z; 2; a; 1",
      })
  void refusesAKeyThatIsGivenTwiceWithBothLines(String text, int line, String key, int first) {
    assertThat(found(text.replace('|', '\n')))
        .containsExactly(
            "f:%d: %s: is given twice, first on line %d: take one out".formatted(line, key, first));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 1|b = 2",
        "a { x = 1 }|a { y = 2 }",
        "a.b = 1, a.c = 2",
        "a.b = 1|a { c = 2 }|a.d.e = 3|a.d { f = 4 }",
        "a = [1]|a += 2|a += 3",
        "a = 1|a = ${?X}",
        "a = [1]|a = ${a} [2]",
        "b { x = 1 }|a = ${b} { x = 2 }",
        "b { x = 1 }|a = ${b}|a { x = 2 }",
        "r = [ { n = 1 }, { n = 2 }|{ n = 3 } ]",
        "r = [ [ 1, 2 ] [ 3 ], [] ], n = [|# n|]",
        "a = { x = 1 }, b = { x = 1 }, x = 1",
        "\uFEFFa = x y z // a = 2|a b = 1",
        "\uFEFF# saved with a byte order mark|a = 1",
        "\uFEFF{ a = 1 }",
        "\u00A0|a {|\u00A0b = 1|\u00A0}|\u2007|c = 1\u001C",
        "a = \"a = 1, a = 2\"|b = \"\"\"|a = 3\"\"\"",
        "",
        "# nothing",
        "{}",
      })
  void leavesWhatHoconPutsTogether(String text) {
    assertThat(found(text.replace('|', '\n'))).isEmpty();
  }

  @Test
  void isNotHeldUpByALongText() {
    String text = "a = \"" + "\\n".repeat(100_000) + "\"\nb = \"\"\"" + "\"\"x".repeat(100_000);
    assertThat(found(text + "\"\"\"\na = 2")).hasSize(1);
  }
}
