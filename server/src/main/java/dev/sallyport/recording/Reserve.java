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
 * The free disk space below which no new recorded session starts. Its lower half is for the audit
 * log, so that a live session with endless output cannot stop the whole bastion. For all threads.
 */
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

  /**
   * The reserve counts as free again at one part in this many above it, so that a disk at the limit
   * does not fill the log.
   */
  private static final int MARGIN = 16;

  private final LongSupplier free;
  private final LongSupplier reserves;
  private final AuditLog audit;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean low;

  /**
   * @param free free bytes of the disk
   * @param reserves the current reserve in bytes
   */
  Reserve(LongSupplier free, LongSupplier reserves, AuditLog audit, InstantSource clock) {
    this.free = free;
    this.reserves = reserves;
    this.audit = audit;
    this.clock = clock;
  }

  /** Checks the disk, and logs when free space falls below the reserve or rises above it again. */
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

  /** Bytes by which recordings may grow until live ones must end. */
  long room() {
    return Math.max(0, free.getAsLong() - reserves.getAsLong() / 2);
  }

  /** Why live recordings must end too, for operators; empty while they need not. */
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
