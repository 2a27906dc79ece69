package dev.sallyport.recording;

import java.time.Duration;

/**
 * How recordings are kept ({@code sallyport.recording}).
 *
 * @param reserveBytes {@code reserve}: free space of the disk below which no new recorded session
 *     starts, so that those that are live, and the audit log, have room to end well; 0 keeps no
 *     reserve
 * @param minAge {@code min-age}: no recording is removed before it ended that long ago, whatever
 *     the others take
 * @param maxAge {@code max-age}: a recording that ended longer ago is removed; zero is never
 * @param maxBytes {@code max-size}: what all recordings may take together; beyond it recordings
 *     older than {@code minAge} are removed, and without any no new recorded session starts; 0 is
 *     unbounded
 * @param sessionBytes {@code session-max}: what one recording may take; at least {@link #LEAST}
 * @param userBytes {@code user-max}: what the recordings may take that one user begins on one day
 *     (UTC); at least {@link #LEAST}
 * @param execOutputBytes {@code exec-output}: under best effort, what is kept of each stream of a
 *     command without a terminal; the rest is counted and hashed. Under a strict guarantee all is
 *     kept
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
  /** What holds when a session cannot be recorded. */
  public enum Guarantee {
    /** It ends, with a sentence. */
    STRICT,
    /** It goes on without a record, and the audit log says so. */
    BEST_EFFORT
  }

  private static final long MEBIBYTE = 1 << 20;

  /** A smaller bound would end ordinary sessions: a full screen alone takes tens of kilobytes. */
  public static final long LEAST = MEBIBYTE;

  /**
   * 1 GiB in reserve, kept for a week at least and a year at most, 2 GiB a session, 8 GiB a user
   * and day, 1 MiB of each stream under best effort.
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

  /** Whether a maximum age would remove recordings that the minimum age keeps. */
  public static boolean isTooShort(Duration minAge, Duration maxAge) {
    return !maxAge.isZero() && maxAge.compareTo(minAge) < 0;
  }

  /** What is kept of each stream of a command without a terminal, in bytes. */
  long streamBytes() {
    return switch (guarantee) {
      case STRICT -> Long.MAX_VALUE;
      case BEST_EFFORT -> execOutputBytes;
    };
  }
}
