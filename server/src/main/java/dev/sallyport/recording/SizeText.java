package dev.sallyport.recording;

import java.util.Locale;

/** Sizes in bytes as text for people. */
public final class SizeText {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
  private static final int STEP = 1024;

  private SizeText() {}

  /** Such as {@code 1.5 GiB}; rounded down, so that too little never looks like enough. */
  public static String of(long bytes) {
    if (bytes < STEP) {
      return bytes + " bytes";
    }
    long tenths = bytes * 10 / STEP;
    int unit = 0;
    while (tenths >= 10L * STEP && unit < UNITS.length - 1) {
      tenths /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, "%d.%d %s", tenths / 10, tenths % 10, UNITS[unit]);
  }
}
