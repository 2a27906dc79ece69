package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.ConnectionAudit;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Claim;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Recheck;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.SourceNetwork;
import dev.sallyport.ssh.ConnectionMemory;
import dev.sallyport.ssh.Farewell;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.Party;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.ssh.ServerConnection;
import dev.sallyport.transport.WireSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * One SSH connection from a client, from the accepted socket to its end. The thread that reads the
 * socket calls almost all methods; {@link #checkTime} is called every second by another.
 */
final class ClientConnection extends ServerConnection {
  /** Opened, authenticated and closed. */
  private static final int EVENTS = 3;

  private static final String OUTDATED = "the configuration changed during the login";

  private final InForce begunUnder;
  private final Current current;
  private final FrontGate gate;
  private final UserChannels channels;
  private final AuditLog auditLog;
  private final LiveConnections live;
  private final InstantSource clock;
  private final Farewell farewell = new Farewell(this);
  private final AuditEvent.Connection facts;
  private final ConnectionAudit audit;
  private final Instant begin = Instant.now();
  private final AtomicBoolean unauthenticated = new AtomicBoolean(true);
  private final Conduct conduct = new Conduct();
  private final Offers offers = new Offers();

  /**
   * The login that the first factor proved. It has no effect before {@link
   * #signalAuthenticationSuccess}.
   */
  private @Nullable ProvenLogin proven;

  /**
   * Guards {@link #ended} and the transition to {@link #standing}, so that one of them comes first.
   */
  private final Object arrival = new Object();

  private boolean ended;
  private volatile @Nullable Standing standing;
  private volatile @Nullable Denial revocation;

  /**
   * @param begunUnder the configuration in force; released when the login ends
   * @param current the configuration in force at any time
   * @param clock the clock for rules and restrictions
   */
  ClientConnection(
      ServerFactoryManager manager,
      IoSession socket,
      InForce begunUnder,
      Current current,
      FrontGate gate,
      UserChannels channels,
      AuditLog auditLog,
      Strangers strangers,
      LiveConnections live,
      PublicKeyWork computing,
      InstantSource clock)
      throws Exception {
    super(
        manager,
        socket,
        begunUnder.settings().limits().time(),
        begunUnder.settings().algorithms().hostKeys(),
        computing);
    this.begunUnder = begunUnder;
    this.current = current;
    this.gate = gate;
    this.channels = channels;
    this.auditLog = auditLog;
    this.live = live;
    this.clock = clock;
    this.facts =
        new AuditEvent.Connection(
            ConnectionId.random(),
            (InetSocketAddress) socket.getRemoteAddress(),
            (InetSocketAddress) socket.getLocalAddress(),
            ((WireSession) socket).via());
    this.audit = strangers.opened(new AuditEvent.ConnectionOpened(begin, facts));
    live.began(this);
  }

  AuditEvent.Connection facts() {
    return facts;
  }

  /**
   * The configuration in force when the connection began: authentication methods, limits and host
   * keys.
   */
  InForce begunUnder() {
    return begunUnder;
  }

  // ---- authentication ----

  /** Called when possession of a key is proven; more factors may follow. */
  void prove(ProvenLogin login) {
    proven = login;
    offers.proved();
  }

  @Nullable ProvenLogin proven() {
    return proven;
  }

  @Override
  protected boolean hasLoggedIn() {
    return standing != null;
  }

  @Override
  protected Party party() {
    Standing known = standing;
    return known == null
        ? new Party.Unauthenticated(SourceNetwork.of(facts.source().getAddress()))
        : new Party.User(known.identity().user().name());
  }

  /** The client's current identity, after authentication. */
  Identity identity() {
    Standing known = standing;
    if (known == null) {
      throw new IllegalStateException("asked for the identity before authentication");
    }
    return known.identity();
  }

  /** The client queried a key that may not log in. Logged if no login follows. */
  void notWelcome(String user, AuditEvent.Evidence evidence, String reason) {
    conduct.failed();
    offers.refused(user, evidence, reason);
  }

  /** The client queried a key that may log in, and must prove its possession. */
  void welcomed(String user, AuditEvent.Evidence evidence) {
    offers.welcomed(user, evidence);
  }

  void failed(String user, AuditEvent.Evidence evidence, String reason) {
    conduct.failed();
    offers.told(evidence);
    audit.failed(new AuditEvent.AuthenticationFailed(Instant.now(), facts, user, evidence, reason));
  }

  /**
   * The only way to complete a login: called when every factor is proven. Checks that, counts the
   * connection, logs the login, and only then answers.
   */
  @Override
  public IoWriteFuture signalAuthenticationSuccess(String username, String service, Buffer buffer)
      throws Exception {
    ProvenLogin begun = proven;
    if (begun == null || !begun.username().equals(username)) {
      throw new SshException("authentication ended without a proven key");
    }
    if (begunUnder.authenticator().mustProveMore(begun.identity())) {
      throw new SshException("authentication ended without the second factor");
    }
    if (!service.equals(CONNECTIONS)) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "a login to another service");
    }
    // The client has authenticated, even if the login is refused below.
    conduct.proved();
    return switch (asOfNow(begun)) {
      case LoginNow.Outdated(String reason) -> {
        failed(username, begun.evidence(), reason);
        yield refuse(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "log in again: " + OUTDATED);
      }
      case LoginNow.Holds(ProvenLogin login, InForce under) ->
          letIn(login, under, username, service, buffer);
    };
  }

  private IoWriteFuture letIn(
      ProvenLogin login, InForce under, String username, String service, Buffer buffer)
      throws Exception {
    String user = login.identity().user().name();
    if (!gate.userEnters(user)) {
      String reason =
          "%s has %d connections already, which is the limit"
              .formatted(
                  SafeText.escape(user, 64),
                  current.get().settings().limits().connectionsPerUser());
      failed(user, login.evidence(), reason);
      return refuse(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, reason);
    }
    MemoryHold memory = channels.memory(user).hold();
    boolean arrived = false;
    try {
      if (!memory.add(ConnectionMemory.IDLE + memory().unreserved())) {
        String reason = memory.share().refusal();
        failed(user, login.evidence(), reason);
        return refuse(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, reason);
      }
      // From here on it counts as the user's connection: logins that wait for their turn must not
      // take places from unauthenticated clients.
      leaveGate();
      if (!auditLog.rate(user).await(EVENTS, this::isClosing)) {
        throw new SshException("the connection ended while its login waited for its turn");
      }
      audit.authenticated(
          new AuditEvent.AuthenticationSucceeded(
              Instant.now(),
              facts,
              user,
              allFactors(login),
              login.identity().label(),
              login.identity().user().secondFactor()));
      arrived = arrive(login, under, memory);
    } catch (AuditUnavailableException e) {
      return refuse(
          SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
          "the audit log cannot be written, so nobody is let in; contact the bastion's operator");
    } finally {
      if (!arrived) {
        memory.close();
        gate.userLeaves(user);
      }
    }
    if (!arrived) {
      throw new SshException("the connection ended while its login was recorded");
    }
    ((WireSession) getIoSession()).promote(memory());
    IoWriteFuture written = super.signalAuthenticationSuccess(username, service, buffer);
    // Not earlier: OpenSSH's client disconnects when a packet precedes SSH_MSG_USERAUTH_SUCCESS.
    begunUnder.rotation().announce(this);
    return written;
  }

  // ---- conduct before the login ----

  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    if (!hasLoggedIn()) {
      conduct.message();
    }
    super.doHandleMessage(buffer);
  }

  /** A client that has sent no identification cannot have violated the protocol. */
  @Override
  public void exceptionCaught(Throwable cause) {
    if (getClientVersion() != null && cause instanceof SshException broken) {
      conduct.threw(broken);
    }
    super.exceptionCaught(cause);
  }

  @Override
  protected String timeIsUp(String reason) {
    conduct.timeIsUp();
    return super.timeIsUp(reason);
  }

  /** Names the methods that this login passed, which differ between users. */
  private static AuditEvent.Evidence allFactors(ProvenLogin login) {
    AuditEvent.Evidence key = login.evidence();
    String methods =
        switch (secondFactor(login)) {
          case SecondFactor.Answered answered -> key.method() + "," + InteractiveMethod.NAME;
          case SecondFactor.SecurityKey touched -> key.method();
          case SecondFactor.None() -> key.method();
        };
    return key.withMethod(methods);
  }

  /** Whether a login that is complete is still valid under the current configuration. */
  private sealed interface LoginNow {
    /** It is valid, with the identity that its plugin gives now under this configuration. */
    record Holds(ProvenLogin login, InForce under) implements LoginNow {}

    /** It is not valid any more, and the client must log in again. */
    record Outdated(String reason) implements LoginNow {}
  }

  /**
   * Checks a login again that began before a reload, which may have changed the plugins, the
   * required methods, and the key's restrictions.
   */
  private LoginNow asOfNow(ProvenLogin login) {
    InForce now = current.use();
    try {
      if (now == begunUnder) {
        return new LoginNow.Holds(login, now);
      }
      ProvenLogin recounted = login.with(now.authenticator().recounted(secondFactor(login)));
      if (!now.settings().methods().equals(begunUnder.settings().methods())
          || now.authenticator().mustProveMore(recounted.identity())) {
        return new LoginNow.Outdated(OUTDATED);
      }
      return switch (now.authenticator().recheck(login.login(), clock.instant())) {
        case Recheck.Stands(Identity identity, Claim claim) ->
            new LoginNow.Holds(recounted.renewedBy(identity, claim), now);
        case Recheck.Revoked(String reason) -> new LoginNow.Outdated(reason);
        case Recheck.Unknown(String reason) -> new LoginNow.Outdated(reason);
      };
    } finally {
      now.release();
    }
  }

  private static SecondFactor secondFactor(ProvenLogin login) {
    return login.identity().user().secondFactor();
  }

  /** False when the connection has ended meanwhile, and has undone its counts already. */
  private boolean arrive(ProvenLogin login, InForce under, MemoryHold memory) {
    synchronized (arrival) {
      if (ended) {
        return false;
      }
      memory().begin(memory);
      standing = new Standing(current, clock, facts, login, under);
      return true;
    }
  }

  private IoWriteFuture refuse(int code, String reason) throws IOException {
    disconnect(code, reason);
    return AbstractIoWriteFuture.fulfilled(reason, new SshException(code, reason));
  }

  private void leaveGate() {
    if (unauthenticated.getAndSet(false)) {
      gate.leave(facts.source().getAddress());
      begunUnder.release();
    }
  }

  // ---- revocation ----

  /** Called every second. */
  @Override
  protected void checkRight(long now) {
    Standing known = standing;
    if (!farewell.isUnderWay(now) && !isClosing() && known != null) {
      known.check(now).ifPresent(lost -> revoke(known, lost, now));
    }
  }

  /** First nothing more is granted, then open channels end, and finally the client is shown why. */
  private void revoke(Standing known, Standing.Lost lost, long now) {
    revocation = new Denial(Denial.Reason.RESTRICTED, lost.sentence());
    auditLog.append(
        new AuditEvent.ConnectionRevoked(
            Instant.now(), facts, known.identity().user().name(), known.evidence(), lost.reason()));
    channels.reconsider(facts);
    farewell.begin(lost.sentence(), now);
  }

  /** Why nothing is granted any more; empty while the login is valid. */
  Optional<Denial> revocation() {
    return Optional.ofNullable(revocation);
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

  /**
   * Whether this is a connection of the load balancer itself, such as a health check. Those never
   * log in, and its clients have addresses of their own.
   */
  private boolean isBalancersOwn() {
    return facts.via().isEmpty()
        && current.get().settings().proxies().isBalancer(facts.source().getAddress());
  }

  private void over() {
    leaveGate();
    Standing known = standing;
    if (known != null) {
      gate.userLeaves(known.identity().user().name());
    }
    if (!isBalancersOwn()) {
      gate.ended(facts.source().getAddress(), conduct.misconduct());
    }
    WireSession socket = (WireSession) getIoSession();
    var closed =
        new AuditEvent.ConnectionClosed(
            Instant.now(),
            facts,
            Optional.ofNullable(known).map(who -> who.identity().user().name()),
            Optional.ofNullable(getClientVersion()),
            Duration.between(begin, Instant.now()),
            socket.bytesIn(),
            socket.bytesOut(),
            endReason());
    Thread.ofVirtual().name("closed-" + facts.id()).start(() -> tell(closed));
  }

  /** Logs the end of the connection, after the ends of its forwards and sessions. */
  private void tell(AuditEvent.ConnectionClosed closed) {
    try {
      channels.awaitNoneOf(facts);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    offers.failure(closed.at(), facts).ifPresent(audit::failed);
    audit.closed(closed);
    live.ended(this);
  }
}
