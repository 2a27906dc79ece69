package dev.sallyport.recording;

import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The disk space of the recordings that one user began on one day (UTC), in whole blocks and before
 * compression. For all threads.
 *
 * <p>One user's output must not prevent recorded sessions of others, so there are two limits:
 * {@code recording.user-max}, and a quarter of the space that was free for the user's recordings of
 * the day. However many users reach their limits, the next one gets a quarter of the rest.
 */
final class UserDay {
  /** A user may take one part in this many. */
  private static final int SHARE = 4;

  private final String user;
  private final LocalDate day;
  private final AtomicLong all;
  private final AtomicLong bytes = new AtomicLong();

  /** The share in bytes, of the free space when it was last measured. */
  private volatile long share = Long.MAX_VALUE;

  /**
   * @param all counts the growth of all users' recordings
   */
  UserDay(String user, LocalDate day, AtomicLong all) {
    this.user = user;
    this.day = day;
    this.all = all;
  }

  /** Counts a recording that existed before this start. */
  void found(long taken) {
    bytes.addAndGet(taken);
  }

  /** Counts the growth of a recording, in bytes; negative when it has shrunk. */
  void add(long grown) {
    bytes.addAndGet(grown);
    all.addAndGet(grown);
  }

  long bytes() {
    return bytes.get();
  }

  /**
   * Updates the user's share.
   *
   * @param room bytes by which all recordings may still grow
   */
  void measure(long room) {
    share = room / SHARE + bytes.get() / SHARE;
  }

  /**
   * The limit that is reached; empty while the user may record more.
   *
   * @param most {@code recording.user-max}
   */
  Optional<Bound> exceeded(long most) {
    long taken = bytes.get();
    if (taken >= most) {
      return Optional.of(
          new Bound(
              "the recordings that %s began on %s (UTC) have reached recording.user-max, %s"
                  .formatted(user, day, SizeText.of(most)),
              "your recordings of %s (UTC) have reached %s, which is the limit for one user and day"
                  .formatted(day, SizeText.of(most))));
    }
    if (taken >= share) {
      return Optional.of(
          new Bound(
              ("the recordings that %s began on %s (UTC) take %s, which is a quarter of the space"
                      + " that was left for recordings")
                  .formatted(user, day, SizeText.of(taken)),
              ("your recordings of %s (UTC) have taken %s, which is one user's share of the space"
                      + " that the bastion has left")
                  .formatted(day, SizeText.of(taken))));
    }
    return Optional.empty();
  }
}
