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
 * Keeps the noise of unauthenticated connections from filling the disk: so many of their events a
 * minute are told one by one ({@link AuditSettings#strangersPerMinute}), the rest is counted and
 * summarised ({@link AuditSettings#summaryInterval}). Whoever authenticates is told in full. While
 * the log cannot be written, strangers are counted only, so that they do not push users' events out
 * of the backlog.
 *
 * <p>For all threads. A thread of its own writes the summaries.
 */
public final class Strangers implements AutoCloseable {
  /** A penalty that begins and its end. */
  private static final int BEGINNING_AND_END = 2;

  /**
   * The part of the budget that is for penalties, and comes on top: a source that earns one has
   * used up the rest before, and the beginning of its penalty is what the operator wants to see.
   */
  private static final int PENALTIES_SHARE = 3;

  private final AuditLog log;
  private volatile AuditSettings settings;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Thread summariser;
  private final CountDownLatch closed = new CountDownLatch(1);

  private final ReentrantLock lock = new ReentrantLock();
  // All are guarded by lock.
  private TokenBucket budget;
  private TokenBucket penalties;
  private final Noise noise;

  /** Begins; close it before the log. */
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

  /** From now on; the interval of the summaries from the next one on. */
  public void apply(AuditSettings other) {
    lock.lock();
    try {
      // A reload that changes nothing here must not fill it again.
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
   * A client connected. Call {@link ConnectionAudit#closed} on what this returns, whatever happens:
   * untold connections are counted when they end.
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
   * A source is penalised from now on. Never waits for the disk.
   *
   * @return where to tell its beginning and its end; nothing when so many were told lately that
   *     this one is only counted, so that a botnet's penalties do not fill the disk
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

  /** Whether so many events of a stranger may be told now; takes them from the budget. */
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

  /** A line was longer than an event may be: the budget pays for the rest later. */
  void owe(int bytes) {
    lock.lock();
    try {
      budget.borrow(bytes / EventLimit.EVENT_BYTES, nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** The stranger was none. */
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

  /** Writes what was counted, if anything; while the log cannot be written the counting goes on. */
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
