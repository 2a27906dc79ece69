package dev.sallyport.recording;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.RecordingEvent;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The free space below which no new recorded session starts. Its lower half is the audit log's: one
 * live session that prints without end must not stop the whole bastion. For all threads.
 */
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

  /** It is left again with so much more: a disk at the edge must not fill the audit log. */
  private static final int MARGIN = 16;

  private final LongSupplier free;
  private final LongSupplier reserves;
  private final AuditLog audit;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean low;

  /**
   * @param free bytes that the disk still takes
   * @param reserves bytes that are kept in reserve now
   */
  Reserve(LongSupplier free, LongSupplier reserves, AuditLog audit, InstantSource clock) {
    this.free = free;
    this.reserves = reserves;
    this.audit = audit;
    this.clock = clock;
  }

  /** Looks, and tells the log when the reserve is reached, or left again. */
  void watch() {
    fault();
  }

  /** Why no session may start now, for operators; empty when it may. */
  Optional<String> fault() {
    lock.lock();
    try {
      long bytes = free.getAsLong();
      long reserve = reserves.getAsLong();
      if (low ? bytes >= reserve + reserve / MARGIN : bytes < reserve) {
        low = !low;
        tell(bytes, reserve);
      }
      return low
          ? Optional.of(
              "only "
                  + SizeText.of(bytes)
                  + " of the disk are free, and "
                  + SizeText.of(reserve)
                  + " are kept in reserve")
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that recordings may take until those that are live must end. */
  long room() {
    return Math.max(0, free.getAsLong() - reserves.getAsLong() / 2);
  }

  /** Why the recordings that are live must end too, for operators; empty while they need not. */
  Optional<String> exhausted() {
    long bytes = free.getAsLong();
    long reserve = reserves.getAsLong();
    return bytes < reserve / 2
        ? Optional.of(
            "only "
                + SizeText.of(bytes)
                + " of the disk are free, and the last "
                + SizeText.of(reserve / 2)
                + " are the audit log's")
        : Optional.empty();
  }

  private void tell(long bytes, long reserve) {
    if (low) {
      LOG.error(
          "the disk of the recordings has {} left, below the reserve of {}: no recorded session"
              + " starts until there is more",
          SizeText.of(bytes),
          SizeText.of(reserve));
    } else {
      LOG.warn("the disk of the recordings has {} again", SizeText.of(bytes));
    }
    audit.append(new RecordingEvent.RecordingsSpace(clock.instant(), bytes, reserve, low));
  }
}
