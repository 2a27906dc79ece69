package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.Forward;
import dev.sallyport.forward.ForwardRequest;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.inspect.InnerChannels;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.recording.Recordings;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All session channels of clients, and the sessions that the bastion opens on targets for them.
 * Safe for all threads.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** The reason given for a refusal while the bastion is stopping. */
  static final String STOPPING = "the bastion is stopping";

  /** Default time within which a client must request a shell, a command or a subsystem. */
  public static final Duration SESSION_START = Duration.ofSeconds(30);

  private final GatewayParts parts;
  private final LiveSet<GatewaySession> live = new LiveSet<>(LOG);
  private final Thread clock = live.everySecond("sessions", GatewaySession::endIfUnused);
  private volatile Duration sessionStart = SESSION_START;
  private final Set<TargetLink> links = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * Starts clocks on virtual threads of their own; {@link #close} stops them.
   *
   * @param dialling the current time limits for reaching a target
   * @param descriptors of which every user has a share
   * @param dials how often every user may dial an address
   */
  public Gateway(
      Targets targets,
      Recordings recordings,
      AuditLog audit,
      Supplier<ForwardSettings> dialling,
      Descriptors descriptors,
      DialRates dials) {
    this.parts =
        new GatewayParts(targets, recordings, audit, dialling, descriptors, dials, new Grants());
  }

  GatewayParts parts() {
    return parts;
  }

  // ---- sessions ----

  /**
   * A {@code session} channel of a user's connection to the bastion itself: the gateway command,
   * the prompt, or a command that asks for a forward.
   *
   * @param user the user, and the targets that the user may reach now
   * @param forwards makes a forward of the user's connection
   * @param ended called once when the channel's place is free
   */
  public Channel newSession(
      Caller caller,
      Supplier<PromptUser> user,
      Function<ForwardRequest, Forward> forwards,
      Runnable ended) {
    return session(caller, new GatewayWay(parts, caller, user, forwards), ended);
  }

  /** The channels of a new inner connection, whose {@code ended} the caller must call. */
  public InnerChannels channels(InnerConnection inner) {
    TargetLink link = new TargetLink(parts, inner);
    links.add(link);
    Thread.ofVirtual().name("unused-target").start(link::hangUpUnused);
    return new InspectedChannels(this, link);
  }

  Channel session(Caller caller, Way way, Runnable ended) {
    return new GatewaySession(this, caller, way, ended).channel();
  }

  void ended(TargetLink link) {
    links.remove(link);
  }

  void began(GatewaySession session) {
    live.add(session);
  }

  void ended(GatewaySession session) {
    live.remove(session);
  }

  /**
   * Changes the limit, also for sessions that are already open.
   *
   * @param limit within which a session must ask for a shell, a command or a subsystem (RFC 4254,
   *     section 6.5)
   */
  public void apply(Duration limit) {
    sessionStart = limit;
  }

  /** Time within which a client must request a shell, a command or a subsystem. */
  Duration sessionStart() {
    return sessionStart;
  }

  /** Logs a refusal. The event must have been paid for. */
  void refused(Caller caller, String request, String detail, String reason) {
    parts
        .audit()
        .append(
            new AuditEvent.RequestRefused(
                Instant.now(), caller.connection(), caller.user().name(), request, detail, reason));
  }

  /**
   * Ends the sessions and inner forwards of a connection that are no longer granted; never waits.
   */
  public void reconsider(AuditEvent.Connection connection) {
    parts.grants().reconsider(connection);
  }

  // ---- stop ----

  /**
   * Refuses new sessions and inner forwards from now on. Prompts, and inner connections in which
   * nothing is open, end with a message; running sessions continue. Never waits.
   */
  public void drain() {
    draining = true;
    live.forEach(GatewaySession::stopping);
    links.forEach(link -> link.endIfIdle(STOPPING));
  }

  /** Whether {@link #drain} was called. */
  boolean isDraining() {
    return draining;
  }

  /** The number of open session channels. */
  public int count() {
    return live.size();
  }

  /**
   * Waits until no session channel is open.
   *
   * @return false when {@code patience} has passed before
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return live.awaitNone(patience);
  }

  /** As {@link #awaitNone(Duration)}, for the sessions of one connection. */
  public boolean awaitNoneOf(AuditEvent.Connection connection, Duration patience)
      throws InterruptedException {
    return live.awaitNone(session -> session.caller().connection().equals(connection), patience);
  }

  /** Ends all sessions. */
  public void endAll() {
    live.forEach(GatewaySession::end);
  }

  /** Stops the clocks. */
  @Override
  public void close() {
    clock.interrupt();
    parts.grants().close();
  }
}
