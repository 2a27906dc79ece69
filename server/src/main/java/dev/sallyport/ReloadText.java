package dev.sallyport;

import java.util.List;

/** What the operator reads of a reload, in the log and on the terminal. */
final class ReloadText {
  private ReloadText() {}

  /**
   * @param file what the server read; escaped
   * @param changed keys; escaped
   */
  static String of(String file, List<String> changed) {
    return "reloaded %s; %s"
        .formatted(
            file,
            changed.isEmpty()
                ? "no key of the configuration changed"
                : "changed: " + String.join(", ", changed));
  }

  /**
   * @param key escaped
   */
  static String needsRestart(String key) {
    return key + " changed too, and needs a restart: until then it is as it was";
  }
}
