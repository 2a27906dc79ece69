package dev.sallyport.cli;

import dev.sallyport.model.SafeText;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Answers a command line that is wrong with two lines: what is wrong, and how the command is
 * written. The whole help would push the first line off the screen.
 */
public final class UsageError implements IParameterExceptionHandler {
  private static final int SHOWN = 500;
  private static final int SUGGESTIONS = 3;

  /** In columns: no command's synopsis is longer, so that it is not wrapped. */
  private static final int ONE_LINE = 1000;

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    PrintWriter err = failure.getCommandLine().getErr();
    err.println("sallyport: " + SafeText.escapeName(sentence(failure), SHOWN));
    err.println("Usage: " + synopsis(failure.getCommandLine().getCommandSpec()));
    return Exit.USAGE;
  }

  private static String sentence(ParameterException failure) {
    // As picocli begins those about options that belong together.
    String wrong = String.valueOf(failure.getMessage()).replaceFirst("^Error: ", "");
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> similar = unmatched.getSuggestions();
      if (!similar.isEmpty()) {
        return similar.stream()
            .limit(SUGGESTIONS)
            .collect(Collectors.joining(" or ", wrong + "; did you mean ", "?"));
      }
    }
    return wrong;
  }

  /** Without colours: standard error may be a file where standard output is a terminal. */
  public static String synopsis(CommandSpec command) {
    int width = command.usageMessage().width();
    command.usageMessage().width(ONE_LINE);
    try {
      return new Help(command, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0).strip();
    } finally {
      command.usageMessage().width(width);
    }
  }

  /** Has {@code command} and all below it answer like this, and name their sub-commands. */
  static void answer(CommandLine command) {
    command.setParameterExceptionHandler(new UsageError());
    nameSubcommands(command.getCommandSpec());
  }

  private static void nameSubcommands(CommandSpec command) {
    if (command.subcommands().isEmpty()) {
      return;
    }
    command
        .usageMessage()
        .synopsisSubcommandLabel("(" + String.join(" | ", command.subcommands().keySet()) + ")");
    command.subcommands().values().forEach(below -> nameSubcommands(below.getCommandSpec()));
  }
}
