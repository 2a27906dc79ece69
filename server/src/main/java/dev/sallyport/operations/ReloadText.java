package dev.sallyport.operations;

import java.util.List;

/** What the operator reads of a reload, in the log and on the terminal. */
public final class ReloadText {
  private ReloadText() {}

  /**
   * A reload that succeeded.
   *
   * @param file what the server read; escaped
   * @param changed keys; escaped
   */
  public static String of(String file, List<String> changed) {
    return "reloaded %s; %s"
        .formatted(
            file,
            changed.isEmpty()
                ? "no key of the configuration changed"
                : "changed: " + String.join(", ", changed));
  }

  /**
   * A key that a reload does not change.
   *
   * @param key escaped
   */
  public static String needsRestart(String key) {
    return key + " changed too; restart the server to put it into effect";
  }
}
