package dev.sallyport.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable event log. For all threads.
 *
 * <p>One thread writes. It takes all waiting events, writes them together, forces them to disk
 * once, and releases all waiting callers (group commit). So a hundred forwards that are opened at
 * once cost one fsync and not a hundred. The log has the events in the order of the calls.
 *
 * <p>While the disk cannot be written, {@link #commit} fails, {@link #append} keeps events in
 * memory, and the writer tries again at each commit and once a second. When it succeeds, it first
 * writes {@link AuditEvent.LogRecovered}.
 */
public final class AuditLog implements AutoCloseable {
  /**
   * Most bytes written and forced together; bounds what a crash can damage and what a retry costs.
   */
  static final int BATCH_BYTES = 1 << 20;

  /**
   * Memory for events that wait for the disk, for about ten thousand: enough for all closes of a
   * busy bastion during an outage. A full disk and a flood must not fill the heap.
   */
  static final int PENDING_BYTES = 8 << 20;

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  private static final Failure CLOSED =
      new Failure("the audit log is closed", new IOException("closed"));

  private final LogDirectory directory;
  private final OcsfEncoder encoder;
  private final InstantSource clock;
  private final EventRates rates;
  private final Thread writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  // The following fields are guarded by lock.
  private final ArrayDeque<Entry> pending = new ArrayDeque<>();
  private long pendingBytes;
  private Optional<Outage> outage = Optional.empty();
  private long lost;
  private boolean retryNow;
  private State state = State.OPEN;

  private enum State {
    OPEN,
    /** {@link #close} is waiting for the writer. */
    CLOSING,
    /** The writer failed while closing, and will not try again. */
    GIVING_UP,
    /** The writer has ended. */
    CLOSED
  }

  /**
   * Why the log cannot be written.
   *
   * @param since the first failure
   */
  private record Outage(Instant since, String fault) {}

  /** The cause of a failed write; {@code text} is for operators. */
  private record Failure(String text, Exception cause) {}

  /**
   * Lines that are written together.
   *
   * @param waiter the waiting caller's result: completed when the lines are on disk, or with the
   *     failure
   */
  private record Entry(
      List<byte[]> lines, long bytes, Optional<CompletableFuture<Optional<Failure>>> waiter) {
    Entry(List<byte[]> lines, Optional<CompletableFuture<Optional<Failure>>> waiter) {
      this(lines, lines.stream().mapToLong(line -> line.length).sum(), waiter);
    }

    void tell(Optional<Failure> outcome) {
      waiter.ifPresent(who -> who.complete(outcome));
    }
  }

  private AuditLog(LogDirectory directory, OcsfEncoder encoder, InstantSource clock) {
    this.directory = directory;
    this.encoder = encoder;
    this.clock = clock;
    this.rates = new EventRates(System::nanoTime);
    this.writer = Thread.ofPlatform().name("audit-writer").daemon().unstarted(this::run);
  }

  /**
   * Opens the log, repairs what a crash left, and logs that.
   *
   * @param directory {@code <state-dir>/audit}; created with mode 0700 if it does not exist
   * @param version the product's, for {@code metadata.product}
   * @throws IOException when the log cannot be written, another server writes it, or it is damaged
   *     other than by a crash; the message says which file and what to do
   */
  public static AuditLog open(Path directory, String version) throws IOException {
    return open(directory, version, InstantSource.system());
  }

  static AuditLog open(Path directory, String version, InstantSource clock) throws IOException {
    LogDirectory files = LogDirectory.open(directory, clock);
    AuditLog log = new AuditLog(files, new OcsfEncoder(version, hostname()), clock);
    try {
      if (!files.untold().isEmpty()) {
        files.prepare();
        files.write(log.repairs());
      }
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
    log.writer.start();
    return log;
  }

  /** Whether the previous run, if any, ended without a stop event. */
  public boolean lacksStop() {
    return directory.lacksStop();
  }

  /**
   * Reads the host name from the kernel, because a resolver could wait for a network that is not up
   * yet.
   */
  private static String hostname() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  // ---- the rate of each user's events ----

  /** The rate of a user's events; the same object as long as the log is open. */
  public EventRate rate(String user) {
    return rates.of(user);
  }

  /** Sets the limit of each user's events, which is {@link EventLimit#DEFAULT} at first. */
  public void apply(EventLimit limit) {
    rates.apply(limit);
  }

  /** Ends all present and later waits for {@link #rate}, because the bastion stops. */
  public void endDelays() {
    rates.stop();
  }

  private byte[] encode(AuditEvent event) {
    byte[] line = encoder.encode(event);
    rates.charge(event, line.length);
    return line;
  }

  // ---- writing ----

  /**
   * Writes an event before the act that it describes. Returns when the event is on disk. Waits for
   * the disk and cannot be interrupted, so that the result is certain.
   *
   * @throws AuditUnavailableException when the event is not on disk and never will be; then the act
   *     must not happen
   */
  public void commit(AuditEvent event) throws AuditUnavailableException {
    commit(List.of(event));
  }

  /**
   * As {@link #commit(AuditEvent)}, for several events in this order and with one force: all are on
   * disk, or none.
   */
  public void commit(List<? extends AuditEvent> events) throws AuditUnavailableException {
    CompletableFuture<Optional<Failure>> outcome = new CompletableFuture<>();
    Entry entry = new Entry(events.stream().map(this::encode).toList(), Optional.of(outcome));
    lock.lock();
    try {
      awaitRoom(entry);
      if (state != State.OPEN) {
        throw new AuditUnavailableException(CLOSED.text(), CLOSED.cause());
      }
      add(entry);
      retryNow = true;
    } finally {
      lock.unlock();
    }
    Optional<Failure> failure = outcome.join();
    if (failure.isPresent()) {
      throw new AuditUnavailableException(failure.get().text(), failure.get().cause());
    }
  }

  /**
   * Writes an event that grants nothing, such as a close or a refusal. Does not wait for the disk
   * unless {@link #PENDING_BYTES} are waiting already. While the log cannot be written, the event
   * is kept in memory or, above {@link #PENDING_BYTES}, counted in {@link
   * AuditEvent.LogRecovered#lost}.
   *
   * @return the length of its line in bytes
   */
  public int append(AuditEvent event) {
    Entry entry = new Entry(List.of(encode(event)), Optional.empty());
    lock.lock();
    try {
      awaitRoom(entry);
      if (state == State.CLOSED) {
        LOG.error("audit event lost, it came after the log was closed: {}", Kind.of(event).code());
      } else if (isFull(entry)) {
        lost++;
      } else {
        add(entry);
      }
    } finally {
      lock.unlock();
    }
    return Math.toIntExact(entry.bytes());
  }

  /** Whether the log is open and the last write succeeded. */
  public boolean available() {
    lock.lock();
    try {
      return outage.isEmpty() && state == State.OPEN;
    } finally {
      lock.unlock();
    }
  }

  /** The number of forced writes since the start. */
  long forces() {
    return directory.forces();
  }

  /** The number of entries that wait for the disk. */
  int waiting() {
    lock.lock();
    try {
      return pending.size();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that wait for the disk. */
  long pendingBytes() {
    lock.lock();
    try {
      return pendingBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Whether callers wait for free memory. */
  boolean hasWaitingCallers() {
    lock.lock();
    try {
      return lock.hasWaiters(room);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes the waiting events and ends. Events that cannot be written are lost, and their number
   * goes to the server's own log.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.CLOSING;
      }
      work.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    join(writer);
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("closing the audit log: {}", e.getMessage());
    }
  }

  /** Waits for the end of a thread, even if interrupted. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for free memory while the disk can be written. */
  private void awaitRoom(Entry entry) {
    while (isFull(entry) && outage.isEmpty() && state == State.OPEN) {
      room.awaitUninterruptibly();
    }
  }

  private boolean isFull(Entry entry) {
    return !pending.isEmpty() && pendingBytes + entry.bytes() > PENDING_BYTES;
  }

  private void add(Entry entry) {
    pending.add(entry);
    pendingBytes += entry.bytes();
    work.signal();
  }

  // The writer's thread.

  private void run() {
    try {
      while (awaitWork()) {
        writeBatch();
      }
    } finally {
      end();
    }
  }

  /** Waits for entries; false when none will follow. */
  private boolean awaitWork() {
    lock.lock();
    try {
      long nanos = RETRY.toNanos();
      while (state == State.OPEN && nanos > 0 && !hasWork()) {
        if (outage.isPresent()) {
          nanos = work.awaitNanos(nanos);
        } else {
          work.await();
        }
      }
      return switch (state) {
        case OPEN -> true;
        case CLOSING -> !pending.isEmpty() || outage.isPresent();
        case GIVING_UP, CLOSED -> false;
      };
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the writer", e);
    } finally {
      lock.unlock();
    }
  }

  private boolean hasWork() {
    return outage.isPresent() ? retryNow : !pending.isEmpty();
  }

  private void writeBatch() {
    List<Entry> batch = new ArrayList<>();
    Optional<Outage> before;
    long lostBefore;
    lock.lock();
    try {
      long bytes = 0;
      for (Entry entry : pending) {
        bytes += entry.bytes();
        if (bytes > BATCH_BYTES && !batch.isEmpty()) {
          break;
        }
        batch.add(entry);
      }
      before = outage;
      lostBefore = lost;
      retryNow = false;
    } finally {
      lock.unlock();
    }
    try {
      directory.prepare();
      List<byte[]> lines = new ArrayList<>();
      before.ifPresent(past ->
          lines.add(
              encoder.encode(
                  new AuditEvent.LogRecovered(
                      clock.instant(), past.since(), past.fault(), lostBefore))));
      lines.addAll(repairs());
      batch.forEach(entry -> lines.addAll(entry.lines()));
      directory.write(lines);
      written(batch, before, lostBefore);
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private List<byte[]> repairs() {
    return directory.untold().stream()
        .map(torn ->
            encoder.encode(
                new AuditEvent.LogRepaired(
                    clock.instant(),
                    torn.file().toString(),
                    torn.aside().toString(),
                    torn.bytes(),
                    torn.sha256())))
        .toList();
  }

  private void written(List<Entry> batch, Optional<Outage> before, long lostBefore) {
    lock.lock();
    try {
      for (Entry entry : batch) {
        pending.remove();
        pendingBytes -= entry.bytes();
      }
      outage = Optional.empty();
      lost -= lostBefore;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    before.ifPresent(past ->
        LOG.warn(
            "the audit log can be written again (since {} it could not: {}); events lost: {}",
            past.since(),
            past.fault(),
            lostBefore));
    batch.forEach(entry -> entry.tell(Optional.empty()));
  }

  private void failed(Exception fault) {
    String text = "the audit log cannot be written: " + describe(fault);
    List<Entry> waiting;
    boolean isNew;
    lock.lock();
    try {
      waiting = pending.stream().filter(entry -> entry.waiter().isPresent()).toList();
      pending.removeIf(entry -> entry.waiter().isPresent());
      waiting.forEach(entry -> pendingBytes -= entry.bytes());
      retryNow = false;
      isNew = outage.isEmpty();
      if (isNew) {
        outage = Optional.of(new Outage(clock.instant(), describe(fault)));
      }
      if (state == State.CLOSING) {
        state = State.GIVING_UP;
      }
      room.signalAll();
    } finally {
      lock.unlock();
    }
    if (isNew) {
      LOG.error("{}; nothing is granted until it can be written; retried every second", text);
    }
    if (!(fault instanceof IOException)) {
      LOG.error("internal error, not a disk error", fault);
    }
    waiting.forEach(entry -> entry.tell(Optional.of(new Failure(text, fault))));
  }

  private static String describe(Exception fault) {
    String message = fault.getMessage();
    return message != null && fault instanceof IOException ? message : fault.toString();
  }

  /** However the writer ends, it releases all waiting callers. */
  private void end() {
    List<Entry> left;
    long missing;
    lock.lock();
    try {
      state = State.CLOSED;
      left = List.copyOf(pending);
      missing = left.size() + lost;
      pending.clear();
      pendingBytes = 0;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    if (missing > 0) {
      LOG.error("the audit log is closed; events that could not be written: {}", missing);
    }
    left.forEach(entry -> entry.tell(Optional.of(CLOSED)));
  }
}
