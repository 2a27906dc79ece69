package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FaultTextTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            new AccessDeniedException("/state"),
            "/state: this user may not read or write it: give it to the server's user"),
        Arguments.of(
            new NoSuchFileException("/state"), "/state: does not exist, and cannot be created"),
        Arguments.of(
            new FileAlreadyExistsException("/state"), "/state: is not a folder: move it away"),
        Arguments.of(
            new FileSystemException("/state", null, "Read-only file system"),
            "/state: Read-only file system"),
        Arguments.of(new FileSystemException("/state"), "/state: FileSystemException"),
        Arguments.of(new IOException("cannot listen"), "cannot listen"),
        Arguments.of(new IOException(), "IOException"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void saysMoreThanAPath(IOException fault, String text) {
    assertThat(FaultText.of(fault)).isEqualTo(text);
  }

  static Stream<Arguments> faultsOfOutput() {
    return Stream.of(
        Arguments.of(
            new AccessDeniedException("/out"), "/out: this user may not make a file there"),
        Arguments.of(new NoSuchFileException("/no/out"), "/no/out: its folder does not exist"),
        Arguments.of(
            new FileAlreadyExistsException("/out"),
            "/out: exists already, and was not changed: choose another name"),
        Arguments.of(
            new FileSystemException("/out", null, "Read-only file system"),
            "/out: Read-only file system"),
        Arguments.of(new IOException("broken"), "broken"));
  }

  @ParameterizedTest
  @MethodSource("faultsOfOutput")
  void saysWhyAFileThatTheOperatorNamedIsNotMade(IOException fault, String text) {
    assertThat(FaultText.ofOutput(fault)).isEqualTo(text);
  }
}
