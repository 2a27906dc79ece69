package dev.sallyport.recording.files;

import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.recording.files.FileEvent.Unparsed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Watches a protocol that carries files. Bytes must come here before they are passed on; each
 * direction's in their order, on one thread at a time. What cannot be understood ends the telling
 * with {@link Unparsed}, not the session.
 */
public abstract sealed class FileObserver permits SftpObserver, ScpObserver {
  /**
   * What an observer may use in any case, in bytes: with it a client that is served in time never
   * needs more. Reserved before the session starts.
   */
  public static final long FIRST_MEMORY = 96 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private final Consumer<FileEvent> events;
  private final ObserverMemory memory;
  private boolean ended;

  /** What is done with bytes while they are understood. */
  @FunctionalInterface
  interface Step {
    void take() throws NotUnderstoodException;
  }

  /**
   * @param events is called on the threads that carry, one call at a time, and must not wait
   * @param memory of the user, closed with the observer
   */
  FileObserver(Consumer<FileEvent> events, ObserverMemory memory) {
    this.events = events;
    this.memory = memory;
  }

  /** The client sent these. */
  public abstract void toTarget(byte[] data, int offset, int count);

  /** The target sent these on its standard output. */
  public abstract void fromTarget(byte[] data, int offset, int count);

  /**
   * Whether all that a packet of the client can carry could be watched now, without more memory
   * than there is, and without an answer that is to come.
   */
  abstract boolean hasRoom();

  /**
   * Waits, before the client's next bytes, until what it asked before is answered as far as needed:
   * a client that asks for all of a large file at once is held back, and not given up.
   *
   * @return false when there is no room after that time
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
   * The files on their way, as far as they have come: what would be told if nothing followed, but
   * without hashes. For all threads.
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

  /** What is known so far may not be the whole, so no hash of it is told. */
  abstract void loseHashes();

  /** Tells what is unfinished, and lets go of everything. Called once. */
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

  /** The session is over: tells what is unfinished. Later calls do nothing. */
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
