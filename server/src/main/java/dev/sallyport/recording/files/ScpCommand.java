package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Direction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The server's side of the old scp protocol, as an exec command of the client's scp: {@code scp -t}
 * takes files, {@code scp -f} gives them.
 *
 * @param path the client's paths, joined with spaces
 * @param intoDirectory whether the target of a PUT is certainly a directory
 */
public record ScpCommand(Direction direction, String path, boolean intoDirectory) {
  /** Longest command that OpenSSH's scp sends: two of the longest paths, escaped. */
  private static final int LONGEST_COMMAND = 4 * PacketReader.LONGEST_PATH;

  /** Whether a command line runs scp. */
  public sealed interface Reading {
    /** It does not run scp, and is recorded like any command. */
    record Other() implements Reading {}

    /** It runs the target's side of scp, and nothing else. */
    record Server(ScpCommand command) implements Reading {}

    /**
     * It runs, or may run, the target's side of scp, but the details are unclear.
     *
     * @param why a sentence without a full stop, safe to show on a terminal
     */
    record Unclear(String why) implements Reading {}
  }

  private static final String ADVICE =
      "; write the command as scp, its options and the paths alone";

  /** Programs that run another program, given in their arguments. */
  private static final Set<String> LAUNCHERS =
      Set.of(
          "busybox", "command", "doas", "env", "exec", "ionice", "nice", "nohup", "setsid",
          "stdbuf", "sudo", "time", "timeout", "toybox");

  /** Options of OpenSSH's scp that have an argument (scp.c, main()). */
  private static final String WITH_ARGUMENT = "DFJMPSXcilo";

  /** A variable that may contain options instead of a path. */
  private static final Pattern MAY_BE_OPTIONS =
      Pattern.compile("\\$(?!HOME/|\\{HOME}/|PWD/|\\{PWD}/)");

  /**
   * Parses a command line as the target's shell does. The program is the first word after variable
   * assignments, with or without a path. An scp that a script starts is not detected.
   *
   * @param line the client's bytes
   */
  public static Reading read(byte[] line) {
    SimpleCommand simple = SimpleCommand.read(new String(line, StandardCharsets.ISO_8859_1));
    List<SimpleCommand.Word> words =
        simple.words().stream().dropWhile(SimpleCommand.Word::assigns).toList();
    if (words.isEmpty()) {
      return simple.beyond().isPresent() && simple.rest().contains("scp")
          ? new Reading.Unclear("%s before it is not read".formatted(simple.beyond().get()))
          : new Reading.Other();
    }
    SimpleCommand.Word program = words.getFirst();
    List<SimpleCommand.Word> arguments = words.subList(1, words.size());
    if (program.lastName().equals("scp")) {
      return line.length > LONGEST_COMMAND
          ? new Reading.Unclear("it is longer than %d bytes".formatted(LONGEST_COMMAND))
          : scp(arguments, simple.beyond());
    }
    if (LAUNCHERS.contains(program.lastName())) {
      for (int i = 0; i < arguments.size(); i++) {
        if (arguments.get(i).lastName().equals("scp")
            && mayServe(arguments.subList(i + 1, arguments.size()), simple.beyond())) {
          return new Reading.Unclear(
              "another program (%s) starts it".formatted(program.lastName()) + ADVICE);
        }
      }
    }
    boolean anyProgram = program.expands() && program.lastName().matches(".*[$*?\\[{].*");
    return anyProgram && mayServe(arguments, Optional.empty())
        ? new Reading.Unclear("only the target's shell decides which program it starts" + ADVICE)
        : new Reading.Other();
  }

  private static boolean mayServe(List<SimpleCommand.Word> arguments, Optional<String> beyond) {
    return !(scp(arguments, beyond) instanceof Reading.Other);
  }

  /** Parses the words after the word scp. */
  private static Reading scp(List<SimpleCommand.Word> arguments, Optional<String> beyond) {
    StringBuilder options = new StringBuilder();
    List<SimpleCommand.Word> paths = new ArrayList<>();
    boolean optionsEnded = false;
    boolean unsure = false;
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i).text();
      if (!optionsEnded && word.equals("--")) {
        optionsEnded = true;
      } else if (!optionsEnded && word.startsWith("-") && word.length() > 1) {
        unsure |= arguments.get(i).expands();
        i += options(word, options) ? 1 : 0;
      } else {
        boolean unread = word.isEmpty() && arguments.get(i).expands();
        unsure |= !optionsEnded && (unread || MAY_BE_OPTIONS.matcher(word).lookingAt());
        // C libraries other than OpenSSH's getopt also accept options after paths.
        unsure |= paths.size() > 0 && word.matches("-[^-]*[ft].*");
        paths.add(arguments.get(i));
        optionsEnded = true;
      }
    }
    boolean takes = options.indexOf("t") >= 0;
    boolean gives = options.indexOf("f") >= 0;
    if (!takes && !gives) {
      return unsure || (paths.isEmpty() && beyond.isPresent())
          ? new Reading.Unclear("only the target's shell decides what its options are" + ADVICE)
          : new Reading.Other();
    }
    if (takes && gives) {
      return new Reading.Unclear("it both takes and gives files");
    }
    if (beyond.isPresent()) {
      return new Reading.Unclear("it has %s".formatted(beyond.get()) + ADVICE);
    }
    return paths.isEmpty() ? new Reading.Other() : server(takes, options, paths);
  }

  /**
   * Parses one word of options.
   *
   * @return whether the next word is the argument of the last option
   */
  private static boolean options(String word, StringBuilder options) {
    for (int i = 1; i < word.length(); i++) {
      if (WITH_ARGUMENT.indexOf(word.charAt(i)) >= 0) {
        return i + 1 == word.length();
      }
      options.append(word.charAt(i));
    }
    return false;
  }

  private static Reading server(
      boolean takes, StringBuilder options, List<SimpleCommand.Word> paths) {
    String path =
        paths.stream()
            .map(word -> FileName.text(word.text().getBytes(StandardCharsets.ISO_8859_1)))
            .collect(Collectors.joining(" "));
    boolean directory = options.indexOf("d") >= 0 || path.matches("(.*/)?(\\.\\.?)?");
    return new Reading.Server(
        new ScpCommand(
            takes ? Direction.PUT : Direction.GET, path, takes ? directory : paths.size() > 1));
  }

  /**
   * The path of a file or directory with this name. The protocol does not say whether the command's
   * path is a directory or the file itself, so an uncertain part is in brackets: {@code /tmp[/a]}
   * is {@code /tmp} or {@code /tmp/a}.
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
