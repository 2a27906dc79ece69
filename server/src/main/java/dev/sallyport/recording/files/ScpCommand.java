package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The server's side of the old scp protocol, as an exec command of the client's scp: {@code scp -t}
 * takes files, {@code scp -f} gives them.
 *
 * @param path what the client named, several joined with a space
 * @param intoDirectory whether the target of a PUT is a directory for sure
 */
public record ScpCommand(Direction direction, String path, boolean intoDirectory) {
  /** A longer command is no scp that OpenSSH sends; two of the longest paths, escaped. */
  private static final int LONGEST_COMMAND = 4 * PacketReader.LONGEST_PATH;

  /**
   * Recognises a command line.
   *
   * @return none when it is not scp, or is more than scp (a pipe, a variable, a second command), or
   *     has ends of lines in its paths, which the target's answers would repeat as if they were
   *     more answers: that is to be recorded as any other command
   */
  public static Optional<ScpCommand> parse(String command) {
    if (command.length() > LONGEST_COMMAND || command.indexOf('\n') >= 0) {
      return Optional.empty();
    }
    return ShellWords.split(command).flatMap(ScpCommand::of);
  }

  private static Optional<ScpCommand> of(List<String> words) {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    String program = words.getFirst();
    if (!program.substring(program.lastIndexOf('/') + 1).equals("scp")) {
      return Optional.empty();
    }
    StringBuilder options = new StringBuilder();
    List<String> paths = new ArrayList<>();
    boolean optionsEnded = false;
    for (String word : words.subList(1, words.size())) {
      if (optionsEnded || !word.startsWith("-") || word.equals("-")) {
        paths.add(word);
        optionsEnded = true;
      } else if (word.equals("--")) {
        optionsEnded = true;
      } else {
        options.append(word, 1, word.length());
      }
    }
    boolean takes = options.indexOf("t") >= 0;
    if (takes == options.indexOf("f") >= 0 || paths.isEmpty()) {
      return Optional.empty();
    }
    String path = String.join(" ", paths);
    boolean directory = options.indexOf("d") >= 0 || path.matches("(.*/)?(\\.\\.?)?");
    return Optional.of(
        new ScpCommand(
            takes ? Direction.PUT : Direction.GET, path, takes ? directory : paths.size() > 1));
  }

  /**
   * Where a file or directory with this name belongs. The protocol does not say whether the path is
   * a directory or the name itself, so what is not sure stands in brackets: {@code /tmp[/a]} is
   * {@code /tmp} or {@code /tmp/a}.
   */
  String resolve(String name) {
    int slash = path.lastIndexOf('/');
    return switch (direction) {
      case PUT -> intoDirectory ? join(path, name) : path + "[/" + name + "]";
      case GET -> {
        if (path.substring(slash + 1).equals(name)) {
          yield path;
        }
        boolean pattern = path.substring(slash + 1).matches(".*[*?\\[{].*");
        boolean plainParent = !path.substring(0, slash + 1).matches(".*[*?\\[{].*");
        yield pattern && plainParent && !intoDirectory
            ? path.substring(0, slash + 1) + name
            : path + "[/" + name + "]";
      }
    };
  }

  static String join(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }
}
