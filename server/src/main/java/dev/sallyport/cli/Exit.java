package dev.sallyport.cli;

import dev.sallyport.model.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What the command's exit codes say to scripts. Each command's annotation says what 0 and 1 mean;
 * what the others mean is the same for all.
 */
public final class Exit {
  /** Fine. */
  public static final int OK = 0;

  /** The answer is no. */
  public static final int NO = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** A bug of ours (sysexits EX_SOFTWARE); never 1, which scripts take for an answer. */
  static final int BUG = 70;

  /** The configuration is wrong (sysexits EX_CONFIG). */
  public static final int CONFIGURATION = 78;

  private static final int SHOWN = 1000;

  private Exit() {}

  /** Has {@code main} and all below it end with these codes, and list them in their help. */
  static CommandLine codes(CommandLine main) {
    list(main.getCommandSpec());
    return main.setExecutionExceptionHandler((failure, command, parsed) -> {
      command
          .getErr()
          .println(
              "sallyport: this is a bug, please report it: "
                  + SafeText.escape(failure.toString(), SHOWN));
      failure.printStackTrace(command.getErr());
      return BUG;
    });
  }

  private static void list(CommandSpec command) {
    Map<Integer, String> codes = new TreeMap<>();
    codes.put(OK, "It worked.");
    codes.put(USAGE, "The command line is wrong.");
    codes.put(BUG, "A bug of Sallyport's; please report it.");
    if (command.findOption("--config") != null) {
      codes.put(CONFIGURATION, "The configuration file is wrong.");
    }
    command
        .usageMessage()
        .exitCodeList()
        .forEach((code, meaning) -> codes.put(Integer.valueOf(code), meaning));
    Map<String, String> listed = new LinkedHashMap<>();
    codes.forEach((code, meaning) -> listed.put(Integer.toString(code), meaning));
    command.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(listed);
    command.subcommands().values().forEach(below -> list(below.getCommandSpec()));
  }
}
