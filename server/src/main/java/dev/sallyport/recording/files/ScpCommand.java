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
 * @param path what the client named, several joined with a space
 * @param intoDirectory whether the target of a PUT is a directory for sure
 */
public record ScpCommand(Direction direction, String path, boolean intoDirectory) {
  /** A longer command is no scp that OpenSSH sends; two of the longest paths, escaped. */
  private static final int LONGEST_COMMAND = 4 * PacketReader.LONGEST_PATH;

  /** What a command line is, as far as scp is concerned. */
  public sealed interface Reading {
    /** Not scp's side at the target: to be recorded as any command. */
    record Other() implements Reading {}

    /** The target's scp, and nothing besides. */
    record Server(ScpCommand command) implements Reading {}

    /**
     * It is or may be the target's scp, and what exactly it does is not certain.
     *
     * @param why one sentence without an end mark, fit for a terminal
     */
    record Unclear(String why) implements Reading {}
  }

  private static final String ADVICE =
      "; write the command as scp, its options and the paths alone";

  /** Programs that start the program which their arguments name. */
  private static final Set<String> LAUNCHERS =
      Set.of(
          "busybox", "command", "doas", "env", "exec", "ionice", "nice", "nohup", "setsid",
          "stdbuf", "sudo", "time", "timeout", "toybox");

  /** Options of OpenSSH's scp that have an argument (scp.c, main()). */
  private static final String WITH_ARGUMENT = "DFJMPSXcilo";

  /** A variable that may hold options instead of a path. */
  private static final Pattern MAY_BE_OPTIONS =
      Pattern.compile("\\$(?!HOME/|\\{HOME}/|PWD/|\\{PWD}/)");

  /**
   * Reads a command line as the target's shell does. The program is the first word, with or without
   * a folder, behind assignments of variables. scp that another program starts, such as a script,
   * is not found this way.
   *
   * @param line in the client's bytes
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
        ? new Reading.Unclear("which program it starts is for the target to say" + ADVICE)
        : new Reading.Other();
  }

  private static boolean mayServe(List<SimpleCommand.Word> arguments, Optional<String> beyond) {
    return !(scp(arguments, beyond) instanceof Reading.Other);
  }

  /** By what follows the word scp. */
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
        // Other libraries than OpenSSH's find options behind paths too.
        unsure |= paths.size() > 0 && word.matches("-[^-]*[ft].*");
        paths.add(arguments.get(i));
        optionsEnded = true;
      }
    }
    boolean takes = options.indexOf("t") >= 0;
    boolean gives = options.indexOf("f") >= 0;
    if (!takes && !gives) {
      return unsure || (paths.isEmpty() && beyond.isPresent())
          ? new Reading.Unclear("its options are for the target to say" + ADVICE)
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
   * Takes one word of options.
   *
   * @return whether the next word is the argument of the last
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
