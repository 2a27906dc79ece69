package dev.sallyport;

import dev.sallyport.model.SafeText;
import picocli.CommandLine;

/** What the command's exit codes say to scripts. */
final class Exit {
  /** Fine. */
  static final int OK = 0;

  /** The answer is no. */
  static final int NO = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** A bug of ours (sysexits EX_SOFTWARE); never 1, which scripts take for an answer. */
  static final int BUG = 70;

  /** The configuration is wrong (sysexits EX_CONFIG). */
  static final int CONFIGURATION = 78;

  private static final int SHOWN = 1000;

  private Exit() {}

  /** Has {@code main} and all below it end with these codes. */
  static CommandLine codes(CommandLine main) {
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
}
