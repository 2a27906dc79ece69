package dev.sallyport.recording;

import java.time.Duration;

/**
 * Settings of recordings ({@code sallyport.recording}).
 *
 * @param reserveBytes {@code reserve}: free disk space below which no new recorded session starts,
 *     so that live sessions and the audit log still have room; 0 keeps no reserve
 * @param minAge {@code min-age}: no recording is removed until it ended that long ago, however much
 *     space all take
 * @param maxAge {@code max-age}: a recording that ended longer ago is removed; zero is never
 * @param maxBytes {@code max-size}: space of all recordings together; above it, recordings older
 *     than {@code minAge} are removed, and if there are none, no new recorded session starts; 0 is
 *     unlimited
 * @param sessionBytes {@code session-max}: space of one recording; at least {@link #LEAST}
 * @param userBytes {@code user-max}: space of the recordings that one user begins on one day (UTC);
 *     at least {@link #LEAST}
 * @param execOutputBytes {@code exec-output}: under best effort, the number of bytes kept of each
 *     stream of a command without a terminal; the rest is counted and hashed. Under a strict
 *     guarantee everything is kept
 * @param guarantee {@code guarantee}: {@code strict} or {@code best-effort}
 */
public record RecordingSettings(
    long reserveBytes,
    Duration minAge,
    Duration maxAge,
    long maxBytes,
    long sessionBytes,
    long userBytes,
    long execOutputBytes,
    Guarantee guarantee) {
  /** What happens when a session cannot be recorded. */
  public enum Guarantee {
    /** It ends, with a message. */
    STRICT,
    /** It continues without a recording, and the audit log says so. */
    BEST_EFFORT
  }

  private static final long MEBIBYTE = 1 << 20;

  /** A smaller bound would end ordinary sessions: a full screen alone takes tens of kilobytes. */
  public static final long LEAST = MEBIBYTE;

  /**
   * A reserve of 1 GiB; kept for a week at least and a year at most; 2 GiB a session; 8 GiB a user
   * and day; 1 MiB of each stream under best effort.
   */
  public static final RecordingSettings DEFAULT =
      new RecordingSettings(
          1024 * MEBIBYTE,
          Duration.ofDays(7),
          Duration.ofDays(365),
          0,
          2048 * MEBIBYTE,
          8192 * MEBIBYTE,
          MEBIBYTE,
          Guarantee.STRICT);

  public RecordingSettings {
    if (reserveBytes < 0
        || minAge.isNegative()
        || maxAge.isNegative()
        || maxBytes < 0
        || execOutputBytes < 0) {
      throw new IllegalArgumentException("settings of recordings must not be negative");
    }
    if (sessionBytes < LEAST || userBytes < LEAST) {
      throw new IllegalArgumentException("bounds of recordings must be at least " + LEAST);
    }
    if (isTooShort(minAge, maxAge)) {
      throw new IllegalArgumentException("recordings cannot be removed before they may be");
    }
  }

  /** Whether the maximum age contradicts the minimum age. */
  public static boolean isTooShort(Duration minAge, Duration maxAge) {
    return !maxAge.isZero() && maxAge.compareTo(minAge) < 0;
  }

  /** Bytes that are kept of each stream of a command without a terminal. */
  long streamBytes() {
    return switch (guarantee) {
      case STRICT -> Long.MAX_VALUE;
      case BEST_EFFORT -> execOutputBytes;
    };
  }
}
