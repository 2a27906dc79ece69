package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.forward.Dialer;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.outbound.TargetBanner;
import dev.sallyport.gateway.outbound.TargetConnection;
import dev.sallyport.gateway.outbound.TargetException;
import dev.sallyport.gateway.outbound.TargetLogin;
import dev.sallyport.model.Act;
import dev.sallyport.model.Grant;
import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;

/**
 * The connection to a target that all sessions of one inspected forward share. It logs in when the
 * first of them starts, because a forwarded agent is available only then. By that time the
 * forward's own socket may have been closed, and the target is dialled again. For all threads.
 */
final class TargetLink {
  private static final String WAY = "inspected-forward";
  private static final String OVER = "the connection ends";

  /**
   * How long the socket that was dialled for the forward is kept without a login. sshd limits the
   * number of unauthenticated connections (MaxStartups), ends them after a time (LoginGraceTime),
   * and then penalises the bastion's address (PerSourcePenalties). So unused forwards could shut
   * out all users.
   */
  private static final Duration UNUSED = Duration.ofSeconds(5);

  private final GatewayParts parts;
  private final InnerConnection inner;
  private final TargetBanner banner = new TargetBanner();

  /**
   * Guards the fields below. It is never held while a thread dials or logs in; the monitor of this
   * object is.
   */
  private final Object door = new Object();

  /** Written only while the monitor of this object is held as well. */
  private Optional<TargetConnection> connection = Optional.empty();

  /** The socket that was dialled last. */
  private SocketChannel socket;

  /** Whether {@link #socket} still waits for the first login. */
  private boolean unused = true;

  private int users;
  private boolean over;

  /** Why the connection to the target was lost, if it was. */
  private Optional<String> lost = Optional.empty();

  TargetLink(GatewayParts parts, InnerConnection inner) {
    this.parts = parts;
    this.inner = inner;
    this.socket = inner.dialled().socket();
  }

  InnerConnection inner() {
    return inner;
  }

  /** The banner of the login, which one session shows. */
  TargetBanner banner() {
    return banner;
  }

  /** The facts of a new session over this connection, for the audit log. */
  SessionFacts facts() {
    return new SessionFacts(
        UUID.randomUUID().toString(),
        inner.caller().user().name(),
        inner.forward().target(),
        inner.dialled().candidate().address(),
        inner.login(),
        inner.dialled().candidate().rule(),
        WAY);
  }

  /**
   * The connection after the login. The first caller logs in; others wait for it.
   *
   * @throws SessionFailure when the login fails, or the target has left; also for all later
   *     callers, because a second attempt would need a second connection
   */
  synchronized TargetConnection logIn(SessionFacts facts, Supplier<Optional<SshAgent>> agent)
      throws SessionFailure, InterruptedException {
    Optional<String> nowhere = whyLost();
    if (nowhere.isPresent()) {
      throw new SessionFailure(nowhere.get());
    }
    if (connection.isEmpty()) {
      logIn(takeUnused() ? socket : dialAgain(), facts, agent);
    }
    return connection.orElseThrow();
  }

  private void logIn(
      SocketChannel connected, SessionFacts facts, Supplier<Optional<SshAgent>> agent)
      throws SessionFailure, InterruptedException {
    TargetLogin login =
        new TargetLogin(
            inner.caller().connection(),
            facts,
            inner.forward().target().host(),
            inner.terms(),
            agent,
            banner,
            inner.caller().memory());
    TargetConnection made;
    try {
      made =
          parts
              .targets()
              .logIn(connected, this::redial, parts.dialling().get().connectTimeout(), login);
    } catch (TargetException e) {
      throw lost(String.valueOf(e.getMessage()), e);
    }
    synchronized (door) {
      connection = Optional.of(made);
      if (over) {
        made.close();
      }
    }
    var _ = made.ended().thenAccept(this::lost);
  }

  /** Takes the socket that was dialled for the forward, if it is still open. */
  private boolean takeUnused() {
    synchronized (door) {
      boolean there = unused;
      unused = false;
      door.notifyAll();
      return there;
    }
  }

  /**
   * Closes the socket that was dialled for the forward unless it is used for a login soon. Waits;
   * runs on a thread of its own.
   */
  void hangUpUnused() {
    synchronized (door) {
      try {
        await(() -> over || !unused, UNUSED);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (unused) {
        unused = false;
        close(socket);
      }
    }
  }

  private SocketChannel redial() throws TargetException, InterruptedException {
    try {
      return dialAgain();
    } catch (SessionFailure e) {
      throw new TargetException(e.sentence(), e);
    }
  }

  /** Dials the same address again, if the rules still allow it. */
  private SocketChannel dialAgain() throws SessionFailure, InterruptedException {
    Grant.Candidate candidate = inner.dialled().candidate();
    Optional<String> denial =
        inner
            .caller()
            .whyNoMore(
                Act.FORWARD,
                inner.forward().target(),
                candidate.address().getAddress(),
                inner.terms(),
                Optional.of(inner.login()));
    if (denial.isPresent()) {
      throw new SessionFailure(denial.get());
    }
    Optional<String> tooMany =
        parts.dials().whyNot(inner.caller().user().name(), List.of(candidate));
    if (tooMany.isPresent()) {
      throw new SessionFailure(tooMany.get());
    }
    SocketChannel fresh;
    try {
      fresh = Dialer.dial(List.of(candidate), parts.dialling().get()).socket();
    } catch (IOException e) {
      String why = SafeText.escape(String.valueOf(e.getMessage()), 200);
      throw lost(inner.forward().target().shown() + ": " + why, e);
    }
    synchronized (door) {
      if (over) {
        close(fresh);
        throw new SessionFailure(OVER);
      }
      socket = fresh;
    }
    return fresh;
  }

  private SessionFailure lost(String why, Exception cause) {
    lost(why);
    return new SessionFailure(why, cause);
  }

  /**
   * Ends the inner connection once nothing is open in it. A client that kept it for later
   * (ControlPersist) could not reach the target any more, and makes a new connection instead.
   */
  private void lost(String why) {
    synchronized (door) {
      lost = Optional.of(why);
    }
    endIfIdle(why);
  }

  private Optional<String> whyLost() {
    synchronized (door) {
      return over ? lost.or(() -> Optional.of(OVER)) : lost;
    }
  }

  // ---- users ----

  /**
   * Counts a session or forward that uses the connection. It calls {@link #leave} once its end is
   * logged and shown to the client.
   *
   * @return false when the inner connection has ended; then nothing may begin
   */
  boolean enter() {
    synchronized (door) {
      if (!over) {
        users++;
      }
      return !over;
    }
  }

  void leave() {
    synchronized (door) {
      users--;
      door.notifyAll();
    }
    whyLost().ifPresent(this::endIfIdle);
  }

  /**
   * Waits until the connection is not used any more, {@code patience} at most; called after {@link
   * #close}.
   */
  void awaitNobody(Duration patience) throws InterruptedException {
    synchronized (door) {
      await(() -> users == 0, patience);
    }
  }

  /** Waits until the condition holds or the timeout has passed. The caller holds {@link #door}. */
  private void await(BooleanSupplier so, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toMillis();
    while (!so.getAsBoolean() && left > 0) {
      door.wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  /** Ends the inner connection if nothing is open in it. Never waits. */
  void endIfIdle(String reason) {
    synchronized (door) {
      if (users > 0 || over) {
        return;
      }
    }
    inner.disconnectSoon(reason);
  }

  /** Whether a session has logged in. Waits for a login in progress. */
  synchronized boolean isLoggedIn() {
    return connection.isPresent();
  }

  /** Ends the connection, also during a login; never waits. */
  void close() {
    synchronized (door) {
      over = true;
      door.notifyAll();
      close(socket);
      connection.ifPresent(TargetConnection::close);
    }
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is closed all the same.
    }
  }
}
