package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.memory.MemoryShare;
import java.time.Duration;
import org.apache.sshd.common.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All forwards of the process: their settings, their memory, and the clock that ends those that
 * took too long.
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
   * Starts the clock on a virtual thread of its own; {@link #close} stops it.
   *
   * @param memory of which every user has a share
   * @param descriptors likewise
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
   * A forward that another channel asks for. It is the caller's to run, and to be told when the
   * client has left.
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

  /** How many forwards are opening or open. */
  public int count() {
    return live.size();
  }

  /**
   * Waits until there is none.
   *
   * @return whether that came true within {@code patience}
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return live.awaitNone(patience);
  }

  /** As {@link #awaitNone(Duration)}, for the forwards of one connection. */
  public boolean awaitNoneOf(AuditEvent.Connection connection, Duration patience)
      throws InterruptedException {
    return live.awaitNone(forward -> forward.belongsTo(connection), patience);
  }

  /** Ends those of a connection that may not go on, with the reason of that; never waits. */
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

  /** How long forwards that begin now may take and last. */
  public ForwardSettings settings() {
    return settings;
  }

  /** For the forwards that begin from now on. */
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

  /** What the user may make the process keep. */
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
