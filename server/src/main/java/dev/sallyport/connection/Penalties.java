package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.PenaltyAudit;
import dev.sallyport.audit.Strangers;
import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The penalties of all sources. For all threads. Only a thread of its own waits for the disk: once
 * a second it logs which penalties began and ended.
 */
final class Penalties implements AutoCloseable {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private volatile PenaltySettings settings;
  private final Strangers strangers;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final long begin;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread telling;

  // This field and all below are guarded by this.
  private final PenaltyTable ipv4;
  private final PenaltyTable ipv6;

  /** Penalties whose beginning was logged, so that their end must be; bounded by the log's rate. */
  private final Map<SourceNetwork, Told> told = new HashMap<>();

  private final List<Runnable> untold = new ArrayList<>();

  /**
   * A penalty that was logged.
   *
   * @param source the address for which it began
   */
  private record Told(PenaltyAudit audit, InetAddress source, AuditEvent.Penalty penalty) {}

  Penalties(PenaltySettings settings, Strangers strangers) {
    this(settings, strangers, InstantSource.system(), System::nanoTime);
  }

  Penalties(
      PenaltySettings settings, Strangers strangers, InstantSource clock, LongSupplier nanoTime) {
    this.settings = settings;
    this.strangers = strangers;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
    this.ipv4 = new PenaltyTable(settings, settings.maxSources4());
    this.ipv6 = new PenaltyTable(settings, settings.maxSources6());
    this.telling = Thread.ofVirtual().name("penalties").start(this::run);
  }

  /**
   * Applies new settings. Penalties that have begun continue, unless penalties are now disabled.
   */
  synchronized void apply(PenaltySettings other) {
    settings = other;
    ipv4.apply(other, other.maxSources4());
    ipv6.apply(other, other.maxSources6());
  }

  private PenaltyTable table(SourceNetwork source) {
    return source.isIpv6() ? ipv6 : ipv4;
  }

  private long now() {
    return nanoTime.getAsLong() - begin;
  }

  /** Whether the source may connect now. Never waits. */
  PenaltyTable.Standing standing(InetAddress source) {
    if (!settings.enabled() || settings.isExempt(source)) {
      return new PenaltyTable.Standing.Free();
    }
    SourceNetwork network = SourceNetwork.of(source);
    synchronized (this) {
      return table(network).standing(network, now());
    }
  }

  /** Why the source may not connect now, in words; counts nothing. Never waits. */
  Optional<String> refusal(InetAddress source) {
    if (!settings.enabled() || settings.isExempt(source)) {
      return Optional.empty();
    }
    SourceNetwork network = SourceNetwork.of(source);
    synchronized (this) {
      long now = now();
      return switch (table(network).look(network, now)) {
        case PenaltyTable.Standing.Free() -> Optional.empty();
        case PenaltyTable.Standing.Penalised(Misconduct last) ->
            Optional.of(
                "%s is penalised for %d s more, because it %s (penalties)"
                    .formatted(
                        network.text(),
                        Math.ceilDiv(table(network).left(network, now), NANOS_OF_SECOND),
                        last.text()));
        case PenaltyTable.Standing.TableFull() ->
            Optional.of(
                "too many sources are penalised, so all that are not exempt are turned away"
                    + " (penalties.overflow)");
      };
    }
  }

  /** The source did what it should not. Never waits. */
  void penalise(InetAddress source, Misconduct misconduct) {
    if (!settings.enabled() || settings.isExempt(source)) {
      return;
    }
    SourceNetwork network = SourceNetwork.of(source);
    synchronized (this) {
      switch (table(network).penalise(network, misconduct, now())) {
        case PenaltyTable.Consequence.None() -> {}
        case PenaltyTable.Consequence.Enforced(long nanos) ->
            began(source, network, misconduct, Duration.ofNanos(nanos));
      }
    }
  }

  private void began(
      InetAddress source, SourceNetwork network, Misconduct misconduct, Duration duration) {
    collectEnded();
    Optional<PenaltyAudit> audit = strangers.penalty(source);
    if (audit.isEmpty()) {
      return;
    }
    var penalty = new AuditEvent.Penalty(source, network.text(), clock.instant());
    told.put(network, new Told(audit.get(), source, penalty));
    var event = new AuditEvent.PenaltyBegan(clock.instant(), penalty, misconduct.text(), duration);
    untold.add(() -> audit.get().began(event));
  }

  private void collectEnded() {
    for (PenaltyTable table : List.of(ipv4, ipv6)) {
      table
          .takeEnded(now())
          .forEach(ended ->
              ended(
                  ended.source(),
                  ended.turnedAway(),
                  switch (ended.end()) {
                    case SERVED -> "it is over";
                    case FORGOTTEN -> "too many sources are penalised to keep them all";
                  }));
    }
  }

  private void ended(SourceNetwork network, long turnedAway, String reason) {
    Told known = told.remove(network);
    if (known != null) {
      var event = new AuditEvent.PenaltyEnded(clock.instant(), known.penalty(), turnedAway, reason);
      untold.add(() -> known.audit().ended(event));
    }
  }

  private void run() {
    try {
      while (!closed.await(TICK.toNanos(), TimeUnit.NANOSECONDS)) {
        tell();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the penalties", e);
    }
  }

  /** Logs the changes since the last call. May wait for the disk. */
  void tell() {
    List<Runnable> events;
    synchronized (this) {
      collectEnded();
      events = List.copyOf(untold);
      untold.clear();
    }
    events.forEach(Runnable::run);
  }

  /** Logs the end of every penalty: none survives a restart. */
  @Override
  public void close() {
    closed.countDown();
    try {
      telling.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      collectEnded();
      List.copyOf(told.keySet())
          .forEach(
              network -> ended(network, table(network).turnedAway(network), "the bastion stops"));
    }
    tell();
  }
}
