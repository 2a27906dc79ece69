package dev.sallyport.forward;

import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.memory.MemoryShare;
import java.time.Duration;
import org.apache.sshd.common.channel.Channel;
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
  private final AuditLog audit;
  private final MemoryAccount memory;
  private final Descriptors descriptors;
  private final DialRates dials;
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
    this.audit = audit;
    this.memory = memory;
    this.descriptors = descriptors;
    this.dials = dials;
    this.clock = live.everySecond("forwards", forward -> forward.endIfDue(System.nanoTime()));
  }

  /** A channel for one {@code direct-tcpip} request (RFC 4254, section 7.2). */
  public Channel newChannel(ForwardContext context) {
    return new ForwardChannel(this, context);
  }

  /**
   * A forward for another type of channel. The caller runs it, and calls {@link
   * Forward#clientLeft}.
   */
  public Forward newForward(ForwardContext context, ForwardRequest request) {
    return new Forward(this, context, request);
  }

  /** The file descriptors of which every user has a share. */
  Descriptors descriptors() {
    return descriptors;
  }

  /** How often every user may dial an address. */
  DialRates dials() {
    return dials;
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

  AuditLog audit() {
    return audit;
  }

  /** The memory of which every user has a share. */
  public MemoryAccount memory() {
    return memory;
  }

  /** The user's share of memory. */
  public MemoryShare memory(String user) {
    return memory.share(user);
  }

  void began(Forward forward) {
    live.add(forward);
  }

  void ended(Forward forward) {
    live.remove(forward);
  }
}
