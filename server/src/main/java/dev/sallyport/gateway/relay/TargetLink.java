package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.forward.Dialer;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.target.TargetBanner;
import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.gateway.target.TargetException;
import dev.sallyport.gateway.target.TargetLogin;
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
 * first of them starts, because a forwarded agent is there only then; if that is late, over another
 * socket than the forward's. For all threads.
 */
final class TargetLink {
  private static final String WAY = "inspected-forward";
  private static final String OVER = "the connection ends";

  /**
   * How long the socket is kept that was dialled when the forward was opened. For sshd it is one of
   * the few that may wait without a login (MaxStartups), is ended some time (LoginGraceTime), and
   * then counts against the bastion (PerSourcePenalties): forwards that nobody uses could shut out
   * all users.
   */
  private static final Duration UNUSED = Duration.ofSeconds(5);

  private final GatewayParts parts;
  private final InnerConnection inner;
  private final TargetBanner banner = new TargetBanner();

  /** Guards what follows; not this, which is held while somebody dials and logs in. */
  private final Object door = new Object();

  /** Written by who holds this, too. */
  private Optional<TargetConnection> connection = Optional.empty();

  /** The one that was dialled last. */
  private SocketChannel socket;

  /** Whether {@link #socket} waits for the first login. */
  private boolean unused = true;

  private int users;
  private boolean over;

  /** Why nothing leads to the target any more, if so. */
  private Optional<String> lost = Optional.empty();

  TargetLink(GatewayParts parts, InnerConnection inner) {
    this.parts = parts;
    this.inner = inner;
    this.socket = inner.dialled().socket();
  }

  InnerConnection inner() {
    return inner;
  }

  /** What the target showed when it was logged in to, for one session to show. */
  TargetBanner banner() {
    return banner;
  }

  /** What the audit log says of one session over this connection. */
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
   * The connection, logged in. Whoever comes first logs in; the others wait for it.
   *
   * @throws SessionFailure when the target does not let us in, or has left; for all who ask,
   *     because a second try would need a second connection
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

  /** Whether the socket that was dialled with the forward is still there, and now the caller's. */
  private boolean takeUnused() {
    synchronized (door) {
      boolean there = unused;
      unused = false;
      door.notifyAll();
      return there;
    }
  }

  /**
   * Closes the socket that was dialled with the forward unless somebody logs in over it soon. Waits
   * for that, on a thread of its own.
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

  /** To the same address, if the rules still allow it. */
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
   * The inner connection ends with its last user: a client that kept it for later (ControlPersist)
   * would have a way that leads nowhere, and makes a new one instead.
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

  // ---- who uses it ----

  /**
   * Whoever uses the connection enters first, and leaves when the audit log has all of it and the
   * client has heard of the end.
   *
   * @return false when the inner connection is over: then nothing begins
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

  /** Waits until nobody uses it, {@code patience} at most; after {@link #close}. */
  void awaitNobody(Duration patience) throws InterruptedException {
    synchronized (door) {
      await(() -> users == 0, patience);
    }
  }

  /** Waits at the door, which the caller holds, until it is so or the patience is over. */
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

  /** Whether a session has logged in. Waits for one that is about to. */
  synchronized boolean isLoggedIn() {
    return connection.isPresent();
  }

  /** Ends it, also for who is logging in just now; never waits. */
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
      // A socket that fails to close is closed.
    }
  }
}
