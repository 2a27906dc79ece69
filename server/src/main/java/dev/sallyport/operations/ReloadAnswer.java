package dev.sallyport.operations;

import java.util.List;

/** What became of a reload. */
public sealed interface ReloadAnswer {
  /**
   * The configuration is in force.
   *
   * @param changed keys whose values are others than before; escaped
   * @param needRestart keys that count from the next start on; escaped
   */
  record Reloaded(List<String> changed, List<String> needRestart) implements ReloadAnswer {
    public Reloaded {
      changed = List.copyOf(changed);
      needRestart = List.copyOf(needRestart);
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
}
