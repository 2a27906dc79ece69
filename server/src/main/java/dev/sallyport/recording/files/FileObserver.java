package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Observes a protocol that transfers files. Bytes must be passed here before they are sent on;
 * those of each direction in order, on one thread at a time. Data that cannot be parsed ends the
 * observation with {@link Unparsed}, not the session.
 */
public abstract sealed class FileObserver permits SftpObserver, ScpObserver {
  /**
   * Memory that an observer has in any case, in bytes: enough for a client whose requests are
   * answered in time. Reserved before the session starts.
   */
  public static final long FIRST_MEMORY = 96 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private final Consumer<FileEvent> events;
  private final ObserverMemory memory;
  private boolean ended;

  /** A step of the observation, while the data can be parsed. */
  @FunctionalInterface
  interface Step {
    void take() throws NotUnderstoodException;
  }

  /**
   * @param events called on the threads that carry, one call at a time; must not wait
   * @param memory in the user's share, closed with the observer
   */
  FileObserver(Consumer<FileEvent> events, ObserverMemory memory) {
    this.events = events;
    this.memory = memory;
  }

  /** Data of the client. */
  public abstract void toTarget(byte[] data, int offset, int count);

  /** Data of the target's standard output. */
  public abstract void fromTarget(byte[] data, int offset, int count);

  /**
   * Whether any further packet of the client could be observed now, with the memory that is left
   * and without waiting for an answer.
   */
  abstract boolean hasRoom();

  /**
   * Waits, before the client's next data, until enough of its requests are answered. So a client
   * that requests all of a large file at once is slowed down, and its observation does not end.
   *
   * @return false when there is no room within that time
   */
  public final boolean awaitRoom(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!ended && !hasRoom()) {
        if (left <= 0) {
          return false;
        }
        left = answered.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The files that are being transferred, with the progress so far and without hashes. For all
   * threads.
   */
  public final List<Transferred> unfinished() {
    lock.lock();
    try {
      return ended ? List.of() : onTheirWay();
    } finally {
      lock.unlock();
    }
  }

  abstract List<Transferred> onTheirWay();

  /** Drops all hashes, because data may be missing from now on. */
  abstract void loseHashes();

  /** Reports unfinished transfers, and releases everything. Called once. */
  abstract void finish();

  void observe(Step step) {
    lock.lock();
    try {
      if (!ended) {
        step.take();
      }
    } catch (NotUnderstoodException e) {
      loseHashes();
      ended = true;
      finish();
      memory.close();
      events.accept(new Unparsed(e.reason()));
    } finally {
      answered.signalAll();
      lock.unlock();
    }
  }

  /** The session has ended: reports unfinished transfers. Later calls have no effect. */
  public final void end() {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        finish();
        memory.close();
      }
    } finally {
      answered.signalAll();
      lock.unlock();
    }
  }
}
