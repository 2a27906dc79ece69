package dev.sallyport.recording;

import java.time.Duration;

/**
 * How recordings are kept ({@code sallyport.recording}).
 *
 * @param reserveBytes {@code reserve}: free space of the disk below which no new recorded session
 *     starts, so that those that are live, and the audit log, have room to end well; 0 keeps no
 *     reserve
 * @param maxAge {@code max-age}: a recording that ended longer ago is removed; zero is never
 * @param maxBytes {@code max-size}: what all recordings may take together; beyond it the oldest are
 *     removed, but never one that is live; 0 is unbounded
 * @param execOutputBytes {@code exec-output}: what is kept of each stream of a command without a
 *     terminal; the rest is counted and hashed, so that a backup through the bastion does not
 *     become a second backup on it
 * @param guarantee {@code guarantee}: {@code strict} or {@code best-effort}
 */
public record RecordingSettings(
    long reserveBytes, Duration maxAge, long maxBytes, long execOutputBytes, Guarantee guarantee) {
  /** What holds when a session cannot be recorded. */
  public enum Guarantee {
    /** It ends, with a sentence. */
    STRICT,
    /** It goes on without a record, and the audit log says so. */
    BEST_EFFORT
  }

  private static final long MEBIBYTE = 1 << 20;

  /** A year, 1 GiB in reserve, 1 MiB of a command's output. */
  public static final RecordingSettings DEFAULT =
      new RecordingSettings(1024 * MEBIBYTE, Duration.ofDays(365), 0, MEBIBYTE, Guarantee.STRICT);

  public RecordingSettings {
    if (reserveBytes < 0 || maxAge.isNegative() || maxBytes < 0 || execOutputBytes < 0) {
      throw new IllegalArgumentException("settings of recordings must not be negative");
    }
  }
}
