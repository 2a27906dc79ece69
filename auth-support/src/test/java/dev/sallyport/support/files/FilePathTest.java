package dev.sallyport.support.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {
  private final List<String> faults = new ArrayList<>();

  @Test
  void readsAnAbsolutePath() {
    assertThat(FilePath.parse("/etc/sallyport/user ca.pub", faults::add))
        .contains(Path.of("/etc/sallyport/user ca.pub"));
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ca.pub", "/", "/etc/", "/etc//ca", "/etc/./ca", "/etc/../ca", "/a\0", "/a\n"})
  void refusesWhatIsNoPathOfAFileOrCouldBeWrittenInAnotherWay(String text) {
    assertThat(FilePath.parse(text, faults::add)).isEmpty();
    assertThat(faults).hasSize(1);
  }

  /** A half of a surrogate pair is what no locale can write; POSIX's cannot write an umlaut. */
  @Test
  void refusesWhatTheLocaleCannotWriteAndSaysWhatToDo() {
    assertThat(FilePath.parse("/etc/\ud800", faults::add)).isEmpty();
    assertThat(faults).singleElement().asString().contains("ASCII", "LC_ALL=C.UTF-8");
  }
}
