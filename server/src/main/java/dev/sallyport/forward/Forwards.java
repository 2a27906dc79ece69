package dev.sallyport.forward;

import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.memory.MemoryShare;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All forwards of the process, with their settings and shared resources. Ends forwards whose time
 * is up.
 */
public final class Forwards implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  private final LiveSet<Forward> live = new LiveSet<>(LOG);
  private volatile ForwardSettings settings;
  private final ForwardParts parts;
  private final MemoryAccount memory;
  private final Thread clock;

  /**
   * Starts a virtual thread that checks all forwards every second; {@link #close} stops it.
   *
   * @param memory memory of which every user has a share
   * @param descriptors the same for file descriptors
   * @param dials how often every user may dial an address
   */
  public Forwards(
      ForwardSettings settings,
      AuditLog audit,
      MemoryAccount memory,
      Descriptors descriptors,
      DialRates dials) {
    this.settings = settings;
    this.parts = new ForwardParts(audit, descriptors, dials);
    this.memory = memory;
    this.clock = live.everySecond("forwards", forward -> forward.endIfDue(System.nanoTime()));
  }

  /** A forward for a channel. The caller runs it, and calls {@link Forward#clientLeft}. */
  public Forward newForward(ForwardContext context, ForwardRequest request) {
    return new Forward(live, parts, settings, context, request);
  }

  /** The number of forwards that are opening or open. */
  public int count() {
    return live.size();
  }

  /**
   * Waits until no forward is open.
   *
   * @return false when {@code patience} has passed before
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return live.awaitNone(patience);
  }

  /** As {@link #awaitNone(Duration)}, for the forwards of one connection. */
  public boolean awaitNoneOf(AuditEvent.Connection connection, Duration patience)
      throws InterruptedException {
    return live.awaitNone(forward -> forward.belongsTo(connection), patience);
  }

  /** Ends the forwards of a connection that are no longer granted; never waits. */
  public void reconsider(AuditEvent.Connection connection) {
    live.forEach(forward -> forward.belongsTo(connection), Forward::reconsider);
  }

  /** Ends all forwards. */
  public void endAll(String reason) {
    live.forEach(forward -> forward.end(reason));
  }

  @Override
  public void close() {
    clock.interrupt();
  }

  /** The time limits of forwards that begin now. */
  public ForwardSettings settings() {
    return settings;
  }

  /** Changes the time limits of forwards that begin later. */
  public void apply(ForwardSettings other) {
    settings = other;
  }

  /** The memory of which every user has a share. */
  public MemoryAccount memory() {
    return memory;
  }

  /** The user's share of memory. */
  public MemoryShare memory(String user) {
    return memory.share(user);
  }
}
