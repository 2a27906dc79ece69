package dev.sallyport.recording;

import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the recordings take that one user began on one day (UTC), in whole blocks and before
 * compression. For all threads.
 *
 * <p>One user's output must not keep others from recorded sessions, so there are two limits: {@code
 * recording.user-max}, and a quarter of the space that was there for the user's recordings of the
 * day. However many users each take all that they may, a quarter of the rest is left for the next.
 */
final class UserDay {
  /** One part of this many may be taken. */
  private static final int SHARE = 4;

  private final String user;
  private final LocalDate day;
  private final AtomicLong all;
  private final AtomicLong bytes = new AtomicLong();

  /** Bytes, by the space that there was when it was last measured. */
  private volatile long share = Long.MAX_VALUE;

  /**
   * @param all counts what the recordings of all users grow by
   */
  UserDay(String user, LocalDate day, AtomicLong all) {
    this.user = user;
    this.day = day;
    this.all = all;
  }

  /** Counts a recording that was there before this run. */
  void found(long taken) {
    bytes.addAndGet(taken);
  }

  /** Counts what a recording has grown by; negative when it has shrunk. */
  void add(long grown) {
    bytes.addAndGet(grown);
    all.addAndGet(grown);
  }

  long bytes() {
    return bytes.get();
  }

  /**
   * Sets the user's share anew.
   *
   * @param room bytes that all recordings may still take
   */
  void measure(long room) {
    share = room / SHARE + bytes.get() / SHARE;
  }

  /**
   * Why nothing more may be recorded; empty while it may.
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
