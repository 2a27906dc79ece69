package dev.sallyport.audit;

import dev.sallyport.model.TokenBucket;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps events of unauthenticated connections from filling the disk: a number of them a minute is
 * logged individually ({@link AuditSettings#strangersPerMinute}), and the rest is counted and
 * summarised ({@link AuditSettings#summaryInterval}). Authenticated connections are always logged.
 * While the log cannot be written, unauthenticated connections are only counted, so that they do
 * not displace users' events in memory.
 *
 * <p>For all threads. A thread of its own writes the summaries.
 */
public final class Strangers implements AutoCloseable {
  /** The cost of a penalty: its beginning and its end. */
  private static final int BEGINNING_AND_END = 2;

  /**
   * One part in this many of the budget is added for penalties. A source that gets a penalty has
   * often used up the rest, and the operator wants to see the penalty.
   */
  private static final int PENALTIES_SHARE = 3;

  private final AuditLog log;
  private volatile AuditSettings settings;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Thread summariser;
  private final CountDownLatch closed = new CountDownLatch(1);

  private final ReentrantLock lock = new ReentrantLock();
  // The following fields are guarded by lock.
  private TokenBucket budget;
  private TokenBucket penalties;
  private final Noise noise;

  /** Begins; must be closed before the log. */
  public Strangers(AuditLog log, AuditSettings settings) {
    this(log, settings, InstantSource.system(), System::nanoTime);
  }

  Strangers(AuditLog log, AuditSettings settings, InstantSource clock, LongSupplier nanoTime) {
    this.log = log;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.budget = budgetOf(settings);
    this.penalties = penaltiesOf(settings);
    this.noise = new Noise(clock.instant());
    this.summariser = Thread.ofVirtual().name("audit-summaries").start(this::run);
  }

  private TokenBucket budgetOf(AuditSettings limits) {
    return new TokenBucket(
        TokenBucket.Rate.perMinute(limits.strangersPerMinute()), nanoTime.getAsLong());
  }

  private TokenBucket penaltiesOf(AuditSettings limits) {
    return new TokenBucket(
        TokenBucket.Rate.perMinute(
            Math.max(BEGINNING_AND_END, limits.strangersPerMinute() / PENALTIES_SHARE)),
        nanoTime.getAsLong());
  }

  /** Applies from now on; the interval applies from the next summary on. */
  public void apply(AuditSettings other) {
    lock.lock();
    try {
      // A reload that does not change this setting must not refill the budget.
      if (other.strangersPerMinute() != settings.strangersPerMinute()) {
        budget = budgetOf(other);
        penalties = penaltiesOf(other);
      }
      settings = other;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A client has connected. The caller must call {@link ConnectionAudit#closed} on the result in
   * any case: connections that are not logged are counted when they end.
   */
  public ConnectionAudit opened(AuditEvent.ConnectionOpened event) {
    return new ConnectionAudit(this, log, event);
  }

  /** A connection was turned away by the limits before anything was read from it. */
  public void refused(InetAddress source) {
    lock.lock();
    try {
      noise.refused(source);
    } finally {
      lock.unlock();
    }
  }

  /** A connection was turned away because its source is penalised. */
  public void penalised(InetAddress source) {
    lock.lock();
    try {
      noise.penalised(source);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A penalty begins. Never waits for the disk.
   *
   * @return logs its beginning and its end; empty when the budget is used up and the penalty is
   *     only counted, so that a botnet's penalties do not fill the disk
   */
  public Optional<PenaltyAudit> penalty(InetAddress source) {
    boolean available = log.available();
    lock.lock();
    try {
      if (available && penalties.take(BEGINNING_AND_END, nanoTime.getAsLong())) {
        return Optional.of(new PenaltyAudit(log));
      }
      noise.penalty(source);
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Takes events from the budget; false when it is used up. */
  boolean mayTell(int events) {
    if (!log.available()) {
      return false;
    }
    lock.lock();
    try {
      return budget.take(events, nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Charges the budget for a line that is longer than an event. */
  void owe(int bytes) {
    lock.lock();
    try {
      budget.borrow(bytes / EventLimit.EVENT_BYTES, nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Returns events to the budget: the client has authenticated. */
  void giveBack(int events) {
    lock.lock();
    try {
      budget.giveBack(events);
    } finally {
      lock.unlock();
    }
  }

  void countConnection(InetAddress source) {
    lock.lock();
    try {
      noise.connection(source);
    } finally {
      lock.unlock();
    }
  }

  void countFailure(InetAddress source) {
    lock.lock();
    try {
      noise.failure(source);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes the summary, if anything was counted. While the log cannot be written, counting
   * continues.
   */
  void summarise() {
    if (!log.available()) {
      return;
    }
    Optional<AuditEvent.NoiseSummary> summary;
    lock.lock();
    try {
      summary = noise.take(clock.instant());
    } finally {
      lock.unlock();
    }
    summary.ifPresent(log::append);
  }

  private void run() {
    try {
      while (!closed.await(settings.summaryInterval().toNanos(), TimeUnit.NANOSECONDS)) {
        summarise();
      }
      summarise();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the summaries", e);
    }
  }

  /** Writes the last summary and ends. */
  @Override
  public void close() {
    closed.countDown();
    AuditLog.join(summariser);
  }
}
