package dev.sallyport.config;

import java.time.Duration;

/** Durations as text. */
final class DurationText {
  private DurationText() {}

  /**
   * With the largest unit that gives a whole number, such as {@code 30 s}; {@code 0 s} for zero.
   */
  static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + " ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + " s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + " m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + " d" : seconds / 3600 + " h";
  }
}
