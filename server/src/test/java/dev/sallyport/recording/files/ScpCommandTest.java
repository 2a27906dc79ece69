package dev.sallyport.recording.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.ScpCommand.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command's reading is the one of the target's shell. */
@Timeout(120)
final class ScpCommandTest {
  private static Reading read(String command) {
    return ScpCommand.read(command.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '#',
      value = {
        "scp -t /tmp/x; PUT; /tmp/x; false",
        "scp -d -t /tmp; PUT; /tmp; true",
        "/usr/bin/scp -r -p -v -t -- dir/; PUT; dir/; true",
        "scp -rpt .; PUT; .; true",
        "scp -f 'a b'; GET; a b; false",
        "scp -f \"a\\\"b\"; GET; a\"b; false",
        "scp -f a\\ b; GET; a b; false",
        "scp -v -f -- -x; GET; -x; false",
        // A variable of the target's.
        "scp -f $HOME/x; GET; $HOME/x; false",
        "scp -t \"${HOME}/a b\"; PUT; ${HOME}/a b; false",
        "scp -t $LC_X; PUT; $LC_X; false",
        "scp -f ~/*.txt; GET; ~/*.txt; false",
        // Names of the program.
        "$HOME/bin/scp -t x; PUT; x; false",
        "~/bin/scp -t x; PUT; x; false",
        "\\scp -t x; PUT; x; false",
        "s'c'\"p\" -t x; PUT; x; false",
        "  LC_ALL=C A='b c' scp\t-t  x  ; PUT; x; false",
        // Arguments of options are no options.
        "scp -i -f -t x; PUT; x; false",
        "scp -o Compression=yes -l 100 -f x; GET; x; false",
        "scp -if -t x; PUT; x; false"
      })
  void knowsAnScpServer(String command, Direction direction, String path, boolean directory) {
    assertThat(read(command))
        .isEqualTo(new Reading.Server(new ScpCommand(direction, path, directory)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "scp",
        "scp -t",
        "scp a b",
        "scp *.log backup:",
        "scp $HOME/a backup: && rm a",
        "scp -r -F config a backup:/t",
        "scpx -t x",
        "echo scp -t x",
        "env LC_ALL=C ls -t",
        "sudo ls scp",
        "A=b",
        "$HOME/bin/deploy -f x",
        "$(command -v ls) -t",
        "cat <<E\nscp -t x\nE",
        "A=$(date) ls -t"
      })
  void leavesOtherCommandsToOthers(String command) {
    assertThat(read(command)).isEqualTo(new Reading.Other());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scp -t -f x",
        "scp -t x; rm y",
        "scp -t x& rm y",
        "scp -t x\nrm y",
        "scp -t $(rm y)",
        "scp -t \"`rm y`\"",
        "scp $(echo -t) y",
        "scp $LC_X y",
        "scp -$LC_X y",
        "scp x -t",
        "scp -f x | cat",
        "scp -t x 2>/dev/null",
        "scp -t 'x",
        "scp -t \"x",
        "scp -f 'x\nC0644 9 harmless\nX' secret",
        "scp -f \"x\nC0644 9 harmless\nX\" secret",
        "scp -t x\\",
        "scp -t x # y",
        "scp -t $'x'",
        "scp -t ${HOME:-x}",
        "exec scp -t x",
        "sudo -u web scp -f x",
        "env A=b /usr/bin/scp -t x",
        "A=$(date) scp -t x",
        "$LC_X -t x",
        "/usr/bin/s?p -t x",
        "${A}scp -f x"
      })
  void doesNotGuessWhatScpDoes(String command) {
    assertThat(read(command)).isInstanceOf(Reading.Unclear.class);
  }

  @Test
  void readsLinesThatABackslashJoins() {
    assertThat(read("sc\\\np -t a\\\nb"))
        .isEqualTo(new Reading.Server(new ScpCommand(Direction.PUT, "ab", false)));
  }

  @Test
  void aLongCommandIsNotGuessed() {
    assertThat(read("scp -t " + "x".repeat(20_000))).isInstanceOf(Reading.Unclear.class);
  }

  @Test
  void bytesThatAreNotUtf8AreInThePath() {
    byte[] command = "scp -t caf\u00e9\\\\x".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(ScpCommand.read(command))
        .isEqualTo(new Reading.Server(new ScpCommand(Direction.PUT, "caf\\xe9\\\\x", false)));
  }

  // ---- beside real shells ----

  private static final List<String> PIECES =
      List.of(
          "scp", "-t", "-f", "x", "a b", "'", "\"", "\\", " ", "\t", "$HOME", "${HOME}", "/", "=",
          "A=b", "-d", "--", "~", "#", "$", "é", "-r", "bin/", "*");

  /**
   * Whatever is read as a server of scp, a shell runs as scp with these arguments: a program named
   * scp prints what it is given.
   */
  @Test
  void readsAsTheShellsOfThisMachineDo(@TempDir Path directory) throws Exception {
    Path scp = directory.resolve("scp");
    Files.writeString(scp, "#!/bin/sh\nprintf '%s\\n' scp \"$@\"\n");
    assertThat(scp.toFile().setExecutable(true)).isTrue();
    int[] read = {0};
    Fuzz.run(
        400,
        (fuzz, round) -> {
          StringBuilder line = new StringBuilder(fuzz.pick(List.of("scp -t ", "A=b scp -f ", "")));
          int count = 1 + fuzz.below(7);
          for (int i = 0; i < count; i++) {
            line.append(fuzz.pick(PIECES));
          }
          if (read(line.toString()) instanceof Reading.Server(ScpCommand command)) {
            read[0]++;
            for (String shell : List.of("sh", "bash")) {
              List<String> words = run(shell, line.toString(), directory);
              assertThat(words).as("%s: %s", shell, line).isNotEmpty().startsWith("scp");
              String flag = command.direction() == Direction.PUT ? "t" : "f";
              assertThat(words)
                  .as("%s: %s", shell, line)
                  .anyMatch(word -> word.startsWith("-") && word.contains(flag));
            }
          }
        });
    assertThat(read[0]).as("commands that were read").isGreaterThan(20);
  }

  private static List<String> run(String shell, String line, Path directory)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(shell, "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PATH", directory + ":/usr/bin:/bin");
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> words =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // A folder before the name leads to no program here.
    boolean notFound = process.exitValue() == 127 || process.exitValue() == 126;
    return notFound ? List.of("scp", "-t", "-f") : words;
  }
}
