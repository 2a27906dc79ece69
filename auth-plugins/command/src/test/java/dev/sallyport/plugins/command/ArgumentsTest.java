package dev.sallyport.plugins.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.TestKeys;
import dev.sallyport.support.keys.UserName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static final OfferedKey KEY = TestKeys.ed25519(7);

  private final List<String> faults = new ArrayList<>();

  private Arguments parse(String... command) {
    return Arguments.parse(List.of(command), Optional.empty(), OptionalInt.empty(), faults::add);
  }

  private static List<String> vector(Arguments arguments) {
    return arguments.vector(new Question(new UserName("alice"), KEY));
  }

  @Test
  void everyTokenOfSshdStandsForWhatItDoesThere() {
    Arguments arguments =
        Arguments.parse(
            List.of("/bin/keys", "%u", "%k", "%t", "%f", "%U", "%h", "100%%", "x%u-%u%%u"),
            Optional.of("/srv/%u/home"),
            OptionalInt.of(65534),
            faults::add);
    assertThat(faults).isEmpty();
    assertThat(vector(arguments))
        .containsExactly(
            "/bin/keys",
            "alice",
            TestKeys.base64(KEY),
            "ssh-ed25519",
            KEY.fingerprint(),
            "65534",
            "/srv/alice/home",
            "100%",
            "xalice-alice%u");
  }

  @Test
  void aProgramWithoutArgumentsIsToldTheUserAsBySshd() {
    assertThat(vector(parse("/bin/keys"))).containsExactly("/bin/keys", "alice");
    assertThat(vector(parse("/bin/keys", "all"))).containsExactly("/bin/keys", "all");
  }

  @Test
  void spacesQuotesAndShellCharactersStayInTheirOneArgument() {
    assertThat(vector(parse("/bin/my keys", "a b", "'", "\"$HOME\"", "; rm -rf *", "`id`", "")))
        .containsExactly("/bin/my keys", "a b", "'", "\"$HOME\"", "; rm -rf *", "`id`", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%x", "%C", "a%", "%% %", "% u", "%\u00fc"})
  void refusesAPercentSignThatIsNoToken(String argument) {
    parse("/bin/keys", argument);
    assertThat(faults).singleElement().asString().contains("none of %%, %u, %k, %t, %f, %U and %h");
  }

  @ParameterizedTest
  @CsvSource({
    "keys,absolute",
    "./keys,absolute",
    "/bin/%u,path of the program",
    "/bin/../keys,without '.'",
    "/bin/,name of a file",
    "/bin/\ud800,LC_ALL=C.UTF-8",
  })
  void refusesAProgramThatAUserOrAFolderWouldChoose(String program, String why) {
    parse(program, "x");
    assertThat(faults).singleElement().asString().contains(why);
  }

  @Test
  void homeAndNumberMustBeSaidBecauseUsersHaveNone() {
    parse("/bin/keys", "%h", "%U");
    assertThat(faults)
        .hasSize(2)
        .anySatisfy(fault -> assertThat(fault).contains("home = \"/srv/keys/%u\""))
        .anySatisfy(fault -> assertThat(fault).contains("uid = 65534"));
  }

  @Test
  void refusesWhatNoProgramCanBeGiven() {
    parse("/bin/keys", "a\0b");
    parse(Collections.nCopies(101, "/bin/keys").toArray(String[]::new));
    assertThat(faults).hasSize(2);
  }
}
