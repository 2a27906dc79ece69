package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
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
import dev.sallyport.model.Denial;
import dev.sallyport.recording.Recordings;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;

/**
 * All session channels of clients, and the sessions that the bastion opens on targets for them.
 * Safe for all threads.
 */
public final class Gateway implements AutoCloseable {
  /** Default time within which a client must request a shell, a command or a subsystem. */
  public static final Duration SESSION_START = Sessions.START;

  private final GatewayParts parts;
  private final Sessions sessions;
  private final Set<TargetLink> links = ConcurrentHashMap.newKeySet();

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
        new GatewayParts(
            targets, recordings, audit, dialling, descriptors, dials, new Grants(), new Stopping());
    this.sessions = new Sessions(parts);
  }

  GatewayParts parts() {
    return parts;
  }

  Sessions sessions() {
    return sessions;
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
    return sessions.open(caller, new GatewayWay(parts, caller, user, forwards), ended).channel();
  }

  /** The channels of a new inner connection, whose {@code ended} the caller must call. */
  public InnerChannels channels(InnerConnection inner) {
    TargetLink link = new TargetLink(parts, inner);
    links.add(link);
    Thread.ofVirtual().name("unused-target").start(link::hangUpUnused);
    return new InspectedChannels(parts, sessions, link, () -> links.remove(link));
  }

  /**
   * Changes the limit, also for sessions that are already open.
   *
   * @param limit within which a session must ask for a shell, a command or a subsystem (RFC 4254,
   *     section 6.5)
   */
  public void apply(Duration limit) {
    sessions.apply(limit);
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
    parts.stopping().begin();
    sessions.stopping();
    links.forEach(link -> link.endIfIdle(Denial.STOPPING.text()));
  }

  /** The number of open session channels. */
  public int count() {
    return sessions.count();
  }

  /**
   * Waits until no session channel is open.
   *
   * @return false when {@code patience} has passed before
   */
  public boolean awaitNone(Duration patience) throws InterruptedException {
    return sessions.awaitNone(patience);
  }

  /** As {@link #awaitNone(Duration)}, for the sessions of one connection. */
  public boolean awaitNoneOf(AuditEvent.Connection connection, Duration patience)
      throws InterruptedException {
    return sessions.awaitNoneOf(connection, patience);
  }

  /** Ends all sessions. */
  public void endAll() {
    sessions.endAll();
  }

  /** Stops the clocks. */
  @Override
  public void close() {
    sessions.close();
    parts.grants().close();
  }
}
