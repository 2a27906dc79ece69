package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.gateway.target.TargetException;
import dev.sallyport.gateway.target.TargetLogin;
import dev.sallyport.gateway.target.Targets;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;

/**
 * The connection to a target that all sessions of one inspected forward share. It logs in when the
 * first of them starts, because a forwarded agent is there only then. For all threads.
 */
final class TargetLink {
  private static final String WAY = "inspected-forward";

  private final Targets targets;
  private final InnerConnection inner;
  private Optional<TargetConnection> connection = Optional.empty();
  private boolean closed;

  /** Guards what follows; not this, which is held while somebody logs in. */
  private final Object door = new Object();

  private int users;
  private boolean over;

  /** Why nothing leads to the target any more, if so. */
  private Optional<String> lost = Optional.empty();

  TargetLink(Targets targets, InnerConnection inner) {
    this.targets = targets;
    this.inner = inner;
  }

  InnerConnection inner() {
    return inner;
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
    if (closed) {
      throw new SessionFailure("the connection ends");
    }
    if (connection.isEmpty()) {
      TargetLogin login =
          new TargetLogin(
              inner.caller().connection(),
              facts,
              inner.forward().target().host(),
              inner.terms(),
              agent);
      try {
        connection = Optional.of(targets.logIn(inner.dialled().socket(), login));
      } catch (TargetException e) {
        lost(String.valueOf(e.getMessage()));
        throw new SessionFailure(String.valueOf(e.getMessage()), e);
      }
      var _ = connection.get().ended().thenAccept(this::lost);
    }
    return connection.get();
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
      return lost;
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
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (door) {
      while (users > 0) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        door.wait(left);
      }
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

  /** Ends it, also for who is logging in just now. */
  void close() {
    synchronized (door) {
      over = true;
    }
    try {
      inner.dialled().socket().close();
    } catch (IOException e) {
      // A socket that fails to close is closed.
    }
    synchronized (this) {
      closed = true;
      connection.ifPresent(TargetConnection::close);
    }
  }
}
