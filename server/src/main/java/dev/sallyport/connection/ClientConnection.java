package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.ConnectionAudit;
import dev.sallyport.auth.Identity;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.SafeText;
import dev.sallyport.transport.KeyExchangeQueue;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SSH connection from a client, from the accepted socket to its end. The socket's reading
 * thread calls almost everything here; {@link #checkTime} comes from the clock.
 */
final class ClientConnection extends ServerSessionImpl {
  /** Not this class's name: under that the library logs what strangers send. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** First message number of the connection protocol (RFC 4250, section 4.1.2). */
  private static final int FIRST_HIGHER_MESSAGE = 50;

  /** The service that a login is for (RFC 4254). */
  private static final String CONNECTIONS = "ssh-connection";

  /** A forward may linger for half a minute after its client has gone. */
  private static final Duration LONGEST_FORWARD_END = Duration.ofSeconds(40);

  private final ConnectionServices services;
  private final AuditEvent.Connection facts;
  private final ConnectionAudit audit;
  private final Instant begin = Instant.now();
  private final Patience patience;
  private final AtomicReference<@Nullable String> endReason = new AtomicReference<>();
  private final AtomicBoolean unauthenticated = new AtomicBoolean(true);
  private final AtomicBoolean probing = new AtomicBoolean();

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
  private volatile long lastReceived = System.nanoTime();

  ClientConnection(ConnectionServices services, ServerFactoryManager manager, IoSession socket)
      throws Exception {
    super(manager, socket);
    this.services = services;
    this.patience = new Patience(services.settings().limits(), System.nanoTime());
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

  // ---- transport ----

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    if (isClosing()) {
      // The library hands over what came in the same segment even after a disconnect, after which
      // nothing may be accepted any more (RFC 4253, section 11.1).
      return;
    }
    lastReceived = System.nanoTime();
    int command = buffer.rawByte(buffer.rpos()) & 0xff;
    KexState state = getKexState();
    if (command >= FIRST_HIGHER_MESSAGE && (state == KexState.RUN || state == KexState.KEYS)) {
      // RFC 4253, section 7.1. Answers to such messages would queue up until the exchange is over,
      // which is when the client likes.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "message " + command + " in the middle of a key exchange");
    }
    if (command == SshConstants.SSH_MSG_KEXINIT && identity == null && getSessionId() != null) {
      // One exchange costs us as much as many bytes cost a stranger; one is all it takes to log in.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "new keys asked for before authentication");
    }
    super.doHandleMessage(buffer);
  }

  /**
   * Without the library's time-out, for which it would need a thread that it starts only with its
   * own server; here our own clock ends whoever does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return writePacket(buffer);
  }

  /**
   * One authentication, and then one connection protocol, which only {@link
   * #signalAuthenticationSuccess} starts. The library would begin anew as often as it is asked to:
   * with fresh tries, or with a fresh count of channels beside channels that nobody closes any
   * more.
   */
  @Override
  public void startService(String name, Buffer buffer) throws Exception {
    Service current = currentService.getService();
    boolean inOrder =
        current == null
            ? name.equals("ssh-userauth")
            : current instanceof AuthService && identity != null && name.equals(CONNECTIONS);
    if (!inOrder) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "a service out of order");
    }
    super.startService(name, buffer);
  }

  @Override
  protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
    return new KeyExchangeQueue(this, log);
  }

  @Override
  protected String resolveAvailableSignaturesProposal(FactoryManager manager)
      throws IOException, GeneralSecurityException {
    String all = super.resolveAvailableSignaturesProposal(manager);
    var offered = List.of(all.split(","));
    return String.join(
        ",",
        services.settings().algorithms().hostKeys().stream().filter(offered::contains).toList());
  }

  // ---- authentication ----

  /** A key is proven; more factors may follow. */
  void prove(ProvenLogin login) {
    proven = login;
  }

  @Nullable ProvenLogin proven() {
    return proven;
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
    return new AuditEvent.Evidence(
        String.join(",", services.settings().methods()),
        key.keyType(),
        key.fingerprint(),
        key.plugin());
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

  // ---- time ----

  /** Ends the connection if a limit of time is over. Called every second; never waits. */
  void checkTime(long now) {
    Patience.Verdict verdict =
        identity == null
            ? patience.ofStranger(now)
            : patience.ofUser(now, getKexState() != KexState.DONE, lastReceived);
    switch (verdict) {
      case Patience.Verdict.Wait() -> {}
      case Patience.Verdict.Ask() -> probe();
      case Patience.Verdict.End(String reason) -> endSoon(reason);
    }
  }

  /**
   * On a thread of its own, because a client that does not read lets writers wait; one at a time.
   */
  private void probe() {
    if (!probing.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("keepalive-" + facts.id())
        .start(() -> {
          try {
            Buffer packet = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            packet.putString("keepalive@openssh.com");
            packet.putBoolean(true);
            writePacket(packet);
          } catch (IOException e) {
            LOG.debug("{} left", facts.source(), e);
          } finally {
            probing.set(false);
          }
        });
  }

  // ---- end ----

  /** Ends without a word, on another thread: the client does not listen. */
  private void endSoon(String reason) {
    because(reason);
    Thread.ofVirtual().name("end-" + facts.id()).start(() -> close(true));
  }

  /**
   * Tells the client why and ends, on another thread; a client that does not read is not waited
   * for.
   */
  void disconnectSoon(String reason) {
    because(reason);
    Thread.ofVirtual()
        .name("end-" + facts.id())
        .start(() -> {
          try {
            disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, reason);
          } catch (IOException e) {
            close(true);
          }
        });
  }

  @Override
  public void disconnect(int reason, String message) throws IOException {
    because(SafeText.escape(message, 200));
    super.disconnect(reason, message);
  }

  @Override
  protected void handleDisconnect(int code, String message, String language, Buffer buffer)
      throws Exception {
    because("the client disconnected: " + SafeText.escape(message, 200));
    super.handleDisconnect(code, message, language, buffer);
  }

  @Override
  public void exceptionCaught(Throwable cause) {
    String message = cause.getMessage();
    because(SafeText.escape(message == null ? cause.getClass().getSimpleName() : message, 200));
    if (cause instanceof RuntimeException && !(cause instanceof RuntimeSshException)) {
      LOG.debug("connection from {} failed", facts.source(), cause);
    }
    super.exceptionCaught(cause);
  }

  private void because(String reason) {
    endReason.compareAndSet(null, reason);
  }

  @Override
  protected void preClose() {
    because("the client closed the connection");
    wakeWriters();
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

  /**
   * Whoever writes holds a lock that the library takes in order to close. A client that does not
   * read would keep the writer, and with it the connection, for ever.
   */
  private void wakeWriters() {
    try {
      getIoSession().shutdownOutputStream();
    } catch (IOException e) {
      LOG.trace("{} is gone already", facts.source(), e);
    }
  }

  private void over() {
    leaveGate();
    Identity known = identity;
    if (known != null) {
      services.users().leave(known.user().name());
    }
    String reason = endReason.get();
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
            reason == null ? "unknown" : reason);
    Thread.ofVirtual().name("closed-" + facts.id()).start(() -> tell(closed));
  }

  /** The last word of a connection in the log, after those of its forwards. */
  private void tell(AuditEvent.ConnectionClosed closed) {
    try {
      services.forwards().awaitNoneOf(facts, LONGEST_FORWARD_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    audit.closed(closed);
    services.live().ended(this);
  }
}
