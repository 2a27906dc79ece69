package dev.sallyport.plugins.authorizedkeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePatternTest {
  private static FilePattern pattern(String text) {
    return FilePattern.parse(
            text,
            fault -> {
              throw new AssertionError(fault);
            })
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/keys/%u,ONE_USER,/etc/keys/alice",
    "/etc/keys/%u/%u.pub,ONE_USER,/etc/keys/alice/alice.pub",
    "/etc/keys/everybody,FOR_ALL,/etc/keys/everybody",
    "/etc/100%%/%u,ONE_USER,/etc/100%/alice",
    "/etc/keys/%%u,FOR_ALL,/etc/keys/%u",
    "/etc/keys/%%%u,ONE_USER,/etc/keys/%alice",
  })
  void putsTheUserInItsPlace(String text, KeyOwner kind, String path) {
    assertThat(pattern(text).kind()).isEqualTo(kind);
    assertThat(pattern(text).pathFor(new UserName("alice"))).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "keys/%u", "%u", "~/.ssh/authorized_keys", "/etc/keys/%h", "/etc/keys/%U", "/etc/%",
        "/etc/%%%", "/etc/keys/", "/", "/etc/../keys", "/etc/./keys", "/etc//keys", "/etc/ke\nys",
        "/etc/ke\0ys"
      })
  void refusesEntriesThatAreNoPath(String text) {
    List<String> faults = new ArrayList<>();
    assertThat(FilePattern.parse(text, faults::add)).isEmpty();
    assertThat(faults).hasSize(1);
  }

  /** A half of a surrogate pair is what no locale can write; POSIX's cannot write an umlaut. */
  @Test
  void refusesWhatTheLocaleCannotWriteAndSaysWhatToDo() {
    List<String> faults = new ArrayList<>();
    assertThat(FilePattern.parse("/etc/\ud800/%u", faults::add)).isEmpty();
    assertThat(FilePattern.parse("/etc/\ud800", faults::add)).isEmpty();
    assertThat(faults).hasSize(2).allMatch(fault -> fault.contains("LC_ALL=C.UTF-8"));
  }

  @Test
  void refusesPathsThatAUsersNameCouldMakeTooLong() {
    List<String> faults = new ArrayList<>();
    assertThat(FilePattern.parse("/" + "x".repeat(255 - UserName.LONGEST) + "%u", faults::add))
        .isPresent();
    assertThat(FilePattern.parse("/" + "x".repeat(256 - UserName.LONGEST) + "%u", faults::add))
        .isEmpty();
    assertThat(FilePattern.parse("/xx".repeat(700), faults::add)).isEmpty();
    assertThat(faults).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/keys/%u,/etc/keys",
    "/etc/keys/%u/keys,/etc/keys",
    "/etc/keys/of-%u,/etc/keys",
    "/%u,/",
    "/etc/keys/all,/etc/keys/all",
    "/home/%u/%u,/home",
  })
  void knowsWhatMustBeThere(String text, Path folder) {
    assertThat(pattern(text).expected()).isEqualTo(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/keys/%u,/etc/keys/everybody,true",
    "/etc/keys/%u.pub,/etc/keys/everybody,false",
    "/etc/keys/%u,/etc/everybody,false",
    "/etc/keys/%u,/etc/keys/.everybody,false",
    "/etc/%u/%u,/etc/a/a,true",
    "/etc/%u/%u,/etc/a/b,false",
  })
  void knowsWhetherAUserCouldHaveAFile(String text, Path path, boolean leads) {
    assertThat(pattern(text).leadsTo(path)).isEqualTo(leads);
  }
}
