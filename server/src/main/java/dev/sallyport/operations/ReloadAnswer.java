package dev.sallyport.operations;

import java.util.List;

/** What became of a reload. */
public sealed interface ReloadAnswer {
  /**
   * The configuration is in force.
   *
   * @param file where it came from: the server's own file, whatever the one who asked meant;
   *     escaped
   * @param changed keys whose values are others than before; escaped
   * @param needRestart keys that count from the next start on; escaped
   * @param warnings what is not as it should be, though the file is right: a line each; escaped
   */
  record Reloaded(
      String file, List<String> changed, List<String> needRestart, List<String> warnings)
      implements ReloadAnswer {
    public Reloaded {
      changed = List.copyOf(changed);
      needRestart = List.copyOf(needRestart);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The file is wrong, and the configuration before goes on.
   *
   * @param errors all of them, a line each, as {@code config check} prints them
   */
  record Rejected(List<String> errors) implements ReloadAnswer {
    public Rejected {
      errors = List.copyOf(errors);
    }
  }

  /**
   * The file is right, but something that it needs is not; the configuration before goes on.
   *
   * @param fault what, and what to do; one line, escaped
   */
  record Failed(String fault) implements ReloadAnswer {}

  /**
   * Who asked meant another file than the server's, so nothing was read.
   *
   * @param file the server's; escaped
   */
  record OtherFile(String file) implements ReloadAnswer {}
}
