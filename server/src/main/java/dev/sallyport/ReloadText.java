package dev.sallyport;

import java.util.List;

/** What the operator reads of a reload, in the log and on the terminal. */
final class ReloadText {
  private ReloadText() {}

  /**
   * @param changed keys; escaped
   */
  static String of(List<String> changed) {
    return changed.isEmpty()
        ? "reloaded; no key of the configuration changed"
        : "reloaded; changed: " + String.join(", ", changed);
  }

  /**
   * @param key escaped
   */
  static String needsRestart(String key) {
    return key + " changed too, and needs a restart: until then it is as it was";
  }
}
