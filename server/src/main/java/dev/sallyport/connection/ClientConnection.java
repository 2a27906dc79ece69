package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.ConnectionAudit;
import dev.sallyport.auth.Identity;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.SafeText;
import dev.sallyport.ssh.ServerConnection;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.jspecify.annotations.Nullable;

/**
 * One SSH connection from a client, from the accepted socket to its end. The socket's reading
 * thread calls almost everything here; {@link #checkTime} comes from the clock.
 */
final class ClientConnection extends ServerConnection {
  /** A forward may linger for half a minute after its client has gone. */
  private static final Duration LONGEST_FORWARD_END = Duration.ofSeconds(40);

  /** What a target still sends is not waited for; what a disk still writes is. */
  private static final Duration LONGEST_SESSION_END = Duration.ofSeconds(10);

  private final ConnectionServices services;
  private final AuditEvent.Connection facts;
  private final ConnectionAudit audit;
  private final Instant begin = Instant.now();
  private final AtomicBoolean unauthenticated = new AtomicBoolean(true);

  /**
   * What the first factor proved; it counts for nothing before {@link
   * #signalAuthenticationSuccess}.
   */
  private @Nullable ProvenLogin proven;

  /** Guards {@link #ended} and the step from nobody to {@link #identity}: one comes first. */
  private final Object arrival = new Object();

  private boolean ended;
  private volatile @Nullable Identity identity;
  private volatile @Nullable RefusalPace pace;

  ClientConnection(ConnectionServices services, ServerFactoryManager manager, IoSession socket)
      throws Exception {
    super(
        manager,
        socket,
        services.settings().limits().time(),
        services.settings().algorithms().hostKeys());
    this.services = services;
    this.facts =
        new AuditEvent.Connection(
            ConnectionId.random(),
            (InetSocketAddress) socket.getRemoteAddress(),
            (InetSocketAddress) socket.getLocalAddress());
    this.audit = services.strangers().opened(new AuditEvent.ConnectionOpened(begin, facts));
    services.live().began(this);
  }

  AuditEvent.Connection facts() {
    return facts;
  }

  ConnectionServices services() {
    return services;
  }

  // ---- authentication ----

  /** A key is proven; more factors may follow. */
  void prove(ProvenLogin login) {
    proven = login;
  }

  @Nullable ProvenLogin proven() {
    return proven;
  }

  @Override
  protected boolean hasLoggedIn() {
    return identity != null;
  }

  /** Who the client is, once authentication is over. */
  Identity identity() {
    Identity known = identity;
    if (known == null) {
      throw new IllegalStateException("asked for the identity before authentication");
    }
    return known;
  }

  /** The user's pace of refusals, once authentication is over. */
  RefusalPace pace() {
    RefusalPace known = pace;
    if (known == null) {
      throw new IllegalStateException("asked for the pace before authentication");
    }
    return known;
  }

  void failed(String user, AuditEvent.Evidence evidence, String reason) {
    audit.failed(new AuditEvent.AuthenticationFailed(Instant.now(), facts, user, evidence, reason));
  }

  /**
   * The one way in: called when every factor is proven. Checks that this is so, counts, writes the
   * record, and only then answers.
   */
  @Override
  public IoWriteFuture signalAuthenticationSuccess(String username, String service, Buffer buffer)
      throws Exception {
    ProvenLogin login = proven;
    if (login == null || !login.username().equals(username)) {
      throw new SshException("authentication ended without a proven key");
    }
    if (!service.equals(CONNECTIONS)) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "a login to another service");
    }
    String user = login.identity().user().name();
    Optional<RefusalPace> entered = services.users().enter(user);
    if (entered.isEmpty()) {
      String reason =
          "%s has %d connections already, which is the limit"
              .formatted(
                  SafeText.escape(user, 64), services.settings().limits().connectionsPerUser());
      failed(user, login.evidence(), reason);
      return refuse(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, reason);
    }
    boolean arrived = false;
    try {
      audit.authenticated(
          new AuditEvent.AuthenticationSucceeded(
              Instant.now(), facts, user, allFactors(login.evidence()), login.identity().label()));
      arrived = arrive(login.identity(), entered.get());
    } catch (AuditUnavailableException e) {
      return refuse(
          SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
          "the audit log cannot be written, so nobody is let in; tell the bastion's operator");
    } finally {
      if (!arrived) {
        services.users().leave(user);
      }
    }
    if (!arrived) {
      throw new SshException("the connection ended while its login was recorded");
    }
    leaveGate();
    ((WireSession) getIoSession()).promote();
    IoWriteFuture written = super.signalAuthenticationSuccess(username, service, buffer);
    // Not before: a packet that overtakes SSH_MSG_USERAUTH_SUCCESS ends OpenSSH's client.
    services.rotation().announce(this);
    return written;
  }

  private AuditEvent.Evidence allFactors(AuditEvent.Evidence key) {
    return key.withMethod(String.join(",", services.settings().methods()));
  }

  /** False when the connection ended meanwhile, which has then counted down what there was. */
  private boolean arrive(Identity known, RefusalPace own) {
    synchronized (arrival) {
      if (ended) {
        return false;
      }
      pace = own;
      identity = known;
      return true;
    }
  }

  private IoWriteFuture refuse(int code, String reason) throws IOException {
    disconnect(code, reason);
    return AbstractIoWriteFuture.fulfilled(reason, new SshException(code, reason));
  }

  private void leaveGate() {
    if (unauthenticated.getAndSet(false)) {
      services.gate().leave(facts.source().getAddress());
    }
  }

  // ---- end ----

  @Override
  protected void preClose() {
    try {
      super.preClose();
    } finally {
      boolean first;
      synchronized (arrival) {
        first = !ended;
        ended = true;
      }
      if (first) {
        over();
      }
    }
  }

  private void over() {
    leaveGate();
    Identity known = identity;
    if (known != null) {
      services.users().leave(known.user().name());
    }
    WireSession socket = (WireSession) getIoSession();
    var closed =
        new AuditEvent.ConnectionClosed(
            Instant.now(),
            facts,
            Optional.ofNullable(known).map(who -> who.user().name()),
            Optional.ofNullable(getClientVersion()),
            Duration.between(begin, Instant.now()),
            socket.bytesIn(),
            socket.bytesOut(),
            endReason());
    Thread.ofVirtual().name("closed-" + facts.id()).start(() -> tell(closed));
  }

  /** The last word of a connection in the log, after those of its forwards and sessions. */
  private void tell(AuditEvent.ConnectionClosed closed) {
    try {
      services.forwards().awaitNoneOf(facts, LONGEST_FORWARD_END);
      services.gateway().awaitNoneOf(facts, LONGEST_SESSION_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    audit.closed(closed);
    services.live().ended(this);
  }
}
