package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All open session channels. For all threads. */
final class Sessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Default time within which a client must request a shell, a command or a subsystem. */
  static final Duration START = Duration.ofSeconds(30);

  private final GatewayParts parts;
  private final LiveSet<GatewaySession> live = new LiveSet<>(LOG);
  private final Thread clock = live.everySecond("sessions", GatewaySession::endIfUnused);
  private volatile Duration start = START;

  /** Starts a virtual thread that checks all sessions every second; {@link #close} stops it. */
  Sessions(GatewayParts parts) {
    this.parts = parts;
  }

  /**
   * A session for a channel that the client has just asked for.
   *
   * @param ended called once when the channel's place is free
   */
  GatewaySession open(Caller caller, Way way, Runnable ended) {
    return new GatewaySession(live, () -> start, parts, caller, way, ended);
  }

  /** Changes {@link #START}, also for sessions that are already open. */
  void apply(Duration limit) {
    start = limit;
  }

  /** Those that have not begun to run end with a message. Never waits. */
  void stopping() {
    live.forEach(GatewaySession::stopping);
  }

  int count() {
    return live.size();
  }

  boolean awaitNone(Duration patience) throws InterruptedException {
    return live.awaitNone(patience);
  }

  boolean awaitNoneOf(AuditEvent.Connection connection, Duration patience)
      throws InterruptedException {
    return live.awaitNone(session -> session.belongsTo(connection), patience);
  }

  void endAll() {
    live.forEach(GatewaySession::end);
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
