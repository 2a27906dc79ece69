package dev.sallyport.operations;

import java.util.List;

/** The result of a reload. */
public sealed interface ReloadAnswer {
  /**
   * The configuration is in force.
   *
   * @param file the server's own file; escaped
   * @param changed keys whose values have changed; escaped
   * @param needRestart keys that take effect at the next start; escaped
   * @param warnings problems that do not make the file invalid: a line each; escaped
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
   * The file is invalid, and the previous configuration stays in force.
   *
   * @param errors all of them, a line each, as {@code config check} prints them
   */
  record Rejected(List<String> errors) implements ReloadAnswer {
    public Rejected {
      errors = List.copyOf(errors);
    }
  }

  /**
   * The file is valid, but something that it needs is missing or broken; the previous configuration
   * stays in force.
   *
   * @param fault what is wrong, and what to do; one line, escaped
   */
  record Failed(String fault) implements ReloadAnswer {}

  /**
   * The request was for another file than the server's, so nothing was read.
   *
   * @param file the server's file; escaped
   */
  record OtherFile(String file) implements ReloadAnswer {}
}
