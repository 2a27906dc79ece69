package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One forward: a {@code direct-tcpip} channel (RFC 4254, section 7.2) joined to a TCP port of a
 * target.
 *
 * <p>The connection's reading thread calls the {@code handle…} methods, which never wait. All that
 * waits is on threads of the forward's own: a virtual one resolves, decides, dials, records, and
 * then carries; the queue between the reading thread and that one is bounded by the window the
 * client was given. What becomes of the bytes is the {@link Carriage}'s.
 */
final class ForwardChannel extends AbstractServerChannel {
  /** Not this class's name: under that the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  /**
   * How long a target may take for the last bytes of a client that is gone. Without a bound such a
   * target would hold a socket and memory that no limit of a connection counts any more.
   */
  private static final Duration LINGER = Duration.ofSeconds(30);

  /** That it was opened, and that it ended; or one about why not. */
  private static final int EVENTS = 2;

  private final Forwards forwards;
  private final ForwardContext context;

  /** As they were when it began: what is live keeps its limits when a reload changes them. */
  private final ForwardSettings settings;

  private final MemoryShare memory;
  private final ClientEnd client;
  private final AtomicReference<@Nullable String> endReason = new AtomicReference<>();

  /** Set while an interrupt may end the opening: resolving and dialling. */
  private final AtomicReference<@Nullable Thread> opening = new AtomicReference<>();

  private final AtomicBoolean revoked = new AtomicBoolean();
  private volatile @Nullable Held held;
  private volatile @Nullable Carriage carriage;
  private volatile boolean joined;
  private volatile long joinedAt;
  private volatile boolean clientGone;
  private volatile long clientGoneAt;

  /** The forward's thread and the library's channel: when both are done with, the place is free. */
  private final AtomicInteger holders = new AtomicInteger(2);

  /** What was granted, and goes on only while it still would be. */
  private record Held(Target target, InetAddress dialled, Terms terms) {}

  ForwardChannel(Forwards forwards, ForwardContext context) {
    super("", List.of(), null);
    this.forwards = forwards;
    this.context = context;
    this.settings = forwards.settings();
    this.memory = context.memory();
    this.client = new ClientEnd(this, memory);
  }

  boolean belongsTo(AuditEvent.Connection connection) {
    return context.connection().equals(connection);
  }

  // ---- open: decide, dial, record, confirm ----

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    int largestPacket = (int) Math.min(ForwardWindow.PACKET, packetSize);
    client.promised(window, largestPacket);
    return super.open(recipient, window, largestPacket, buffer);
  }

  @Override
  protected OpenFuture doInit(Buffer buffer) {
    // What follows in the buffer, the originator's address, is the client's word only (RFC 4254,
    // section 7.2).
    Target target = new Target(buffer.getString(), buffer.getUInt());
    var forward = new AuditEvent.Forward(UUID.randomUUID().toString(), context.user(), target);
    forwards.began(this);
    Thread.ofVirtual().name("forward-" + forward.id()).start(() -> live(forward));
    // Never completed: the library would answer a failure with a text of its own. We answer
    // ourselves.
    return new DefaultOpenFuture(this, futureLock);
  }

  private void live(AuditEvent.Forward forward) {
    try {
      opening.set(Thread.currentThread());
      // A close that came before this line has interrupted nobody.
      if (!isClosing()) {
        // First of all: while it waits it holds no socket, and what is decided is decided then.
        if (forwards.audit().rate(context.user()).await(EVENTS)) {
          decide(forward);
        } else {
          refuse(forward, new Denial(Denial.Reason.LIMIT, "the bastion is stopping"));
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the client left before its forward was open");
    } catch (RuntimeException e) {
      LOG.error("a forward to {} failed inside the bastion", forward.target().shown(), e);
      stopListeningForInterrupts();
      if (!joined) {
        sendOpenFailure(
            SshConstants.SSH_OPEN_CONNECT_FAILED, "the bastion failed; tell its operator");
      }
    } finally {
      // An open channel waits for the client's SSH_MSG_CHANNEL_CLOSE.
      close(!joined);
      forwards.ended(this);
      letGo();
    }
  }

  private void decide(AuditEvent.Forward forward) throws InterruptedException {
    switch (context.decide().apply(forward.target())) {
      case Decision.Denied(Denial denial) -> refuse(forward, denial);
      case Decision.Granted(Grant grant) -> join(forward, grant);
    }
  }

  @Override
  public void handleChannelUnregistration(ConnectionService service) {
    super.handleChannelUnregistration(service);
    letGo();
  }

  /** A client that never confirms a close must not gather closed channels without bound. */
  private void letGo() {
    if (holders.decrementAndGet() == 0) {
      context.ended().run();
    }
  }

  private void join(AuditEvent.Forward forward, Grant grant) throws InterruptedException {
    int beside =
        switch (grant.terms()) {
          case Terms.Metadata() -> PlainCarriage.MEMORY;
          case Terms.Session session -> InspectedCarriage.MEMORY;
        };
    if (!memory.reserve(ForwardWindow.FIRST + beside)) {
      refuse(forward, new Denial(Denial.Reason.LIMIT, memory.refusal()));
      return;
    }
    try {
      dial(forward, grant);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      failed(forward, grant, e);
    } finally {
      client.close();
      memory.release(beside);
    }
  }

  private void dial(AuditEvent.Forward forward, Grant grant)
      throws IOException, InterruptedException {
    Descriptors descriptors = forwards.descriptors();
    // Each address that is silent holds a socket until one has answered.
    Optional<Descriptors.Lease> taken = descriptors.take(context.user(), grant.candidates().size());
    if (taken.isEmpty()) {
      refuse(forward, new Denial(Denial.Reason.LIMIT, descriptors.refusal(context.user())));
      return;
    }
    try (Descriptors.Lease sockets = taken.get();
        Dialer.Dialled dialled = Dialer.dial(grant.candidates(), settings)) {
      sockets.keep(1);
      stopListeningForInterrupts();
      carry(forward, dialled, grant.terms());
    }
  }

  /**
   * An interrupt in the middle of a write would close the client's socket, with all its channels.
   */
  private void stopListeningForInterrupts() {
    synchronized (opening) {
      opening.set(null);
      // One that came just now is about a client that is gone, which isClosing() tells too.
      boolean ignored = Thread.interrupted();
      LOG.trace("interrupted at the last moment: {}", ignored);
    }
  }

  private void carry(AuditEvent.Forward forward, Dialer.Dialled dialled, Terms terms) {
    Instant begin = Instant.now();
    Grant.Candidate candidate = dialled.candidate();
    if (isClosing()) {
      return;
    }
    try {
      forwards
          .audit()
          .commit(
              new AuditEvent.ForwardOpened(
                  begin,
                  context.connection(),
                  forward,
                  candidate.address(),
                  candidate.rule(),
                  switch (terms) {
                    case Terms.Metadata() -> "metadata";
                    case Terms.Session session -> "session";
                  }));
    } catch (AuditUnavailableException e) {
      sendOpenFailure(
          SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
          "the audit log cannot be written, so nothing is opened; tell the bastion's operator");
      return;
    }
    try {
      joinedAt = System.nanoTime();
      held = new Held(forward.target(), candidate.address().getAddress(), terms);
      client.active();
      joined = true;
      Carriage how = carriage(forward, dialled, terms);
      carriage = how;
      if (isClosing()) {
        ended("the client closed it");
        return;
      }
      signalChannelOpenSuccess();
      how.carry();
    } catch (InterruptedException e) {
      ended("interrupted");
    } finally {
      forwards
          .audit()
          .append(
              new AuditEvent.ForwardClosed(
                  Instant.now(),
                  context.connection(),
                  forward,
                  candidate.address(),
                  candidate.rule(),
                  client.bytesReceived(),
                  client.bytesSent(),
                  Duration.between(begin, Instant.now()),
                  reason(),
                  traffic()));
    }
  }

  private TrafficSummary traffic() {
    Carriage how = carriage;
    return how == null ? TrafficSummary.NONE : how.traffic();
  }

  private Carriage carriage(AuditEvent.Forward forward, Dialer.Dialled dialled, Terms terms) {
    return switch (terms) {
      case Terms.Metadata() -> new PlainCarriage(this, client, dialled.socket(), forward.id());
      case Terms.Session session ->
          new InspectedCarriage(this, context, client, dialled, forward, session);
    };
  }

  // ---- what the client sends ----

  @Override
  public void handleData(Buffer buffer) throws IOException {
    if (!joined) {
      // No window was given yet, and no memory is reserved for it.
      throw new ProtocolException("data for a channel that is not open");
    }
    client.put(buffer);
  }

  @Override
  public void handleWindowAdjust(Buffer buffer) {
    client.expand(buffer.getUInt());
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    client.endOfInput();
  }

  /** Extended data has no meaning on a forward (RFC 4254, section 7.2): it goes nowhere. */
  @Override
  public void handleExtendedData(Buffer buffer) throws IOException {
    throw new ProtocolException("extended data on a direct-tcpip channel");
  }

  // ---- close ----

  /**
   * The channel closes, whoever began it: what the client sent still goes to the target, nothing
   * comes back.
   */
  @Override
  protected void preClose() {
    clientGoneAt = System.nanoTime();
    clientGone = true;
    synchronized (opening) {
      Thread waiting = opening.getAndSet(null);
      if (waiting != null && waiting != Thread.currentThread()) {
        waiting.interrupt();
      }
    }
    Carriage how = carriage;
    if (how == null) {
      client.endOfOutput();
      client.endOfInput();
    } else {
      how.clientGone();
    }
    super.preClose();
  }

  /** Ends the forward at once; the reason goes to the audit log. Any thread; never waits. */
  void end(String reason) {
    ended(reason);
    cut();
    // Closing writes to the client, and a client that does not read lets writers wait: the clock,
    // or the thread that stops the bastion, must not be among them.
    Thread.ofVirtual().name("end-forward").start(() -> close(false));
  }

  /** Ends it if it is idle, has lasted too long, or lingers. */
  void endIfDue(long now) {
    if (!joined) {
      return;
    }
    if (clientGone) {
      if (now - clientGoneAt > LINGER.toNanos()) {
        cut();
      }
      return;
    }
    if (isOver(now - client.lastActivity(), settings.idleTimeout())) {
      end("idle for " + settings.idleTimeout().toSeconds() + " s");
    } else if (isOver(now - joinedAt, settings.maxDuration())) {
      end("open for " + settings.maxDuration().toSeconds() + " s");
    } else {
      reconsider();
    }
  }

  /**
   * Ends it if it would not be granted now. An inspected one keeps why, and is ended by its inner
   * connection, which can tell its client.
   */
  void reconsider() {
    Held granted = held;
    if (granted != null && !clientGone) {
      StillGranted.whyNot(
              context.again().apply(granted.target(), granted.dialled()),
              granted.target(),
              granted.terms(),
              Optional.empty())
          .ifPresent(reason -> {
            switch (granted.terms()) {
              case Terms.Metadata() -> revoke(reason);
              case Terms.Session session -> ended(reason);
            }
          });
    }
  }

  /** SSH has no words for the close of a channel, so they go before it; ssh -v shows them. */
  private void revoke(String reason) {
    if (!revoked.getAndSet(true)) {
      ended(reason);
      cut();
      Thread.ofVirtual()
          .name("revoke-forward")
          .start(() -> {
            try {
              Remark.send(getSession(), "a forward ends: " + reason);
            } catch (IOException e) {
              LOG.debug("the client left before it heard why", e);
            }
            close(false);
          });
    }
  }

  private static boolean isOver(long nanos, Duration limit) {
    return !limit.isZero() && nanos > limit.toNanos();
  }

  private void cut() {
    Carriage how = carriage;
    if (how != null) {
      how.cut();
    }
  }

  static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing failed, which leaves nothing open", e);
    }
  }

  /** Tells the client that nothing follows. */
  void sendEnd() throws IOException {
    sendEof();
  }

  // ---- say no ----

  private void refuse(AuditEvent.Forward forward, Denial denial) {
    stopListeningForInterrupts();
    forwards
        .audit()
        .append(
            new AuditEvent.ForwardRefused(Instant.now(), context.connection(), forward, denial));
    sendOpenFailure(Refusal.code(denial.reason()), denial.text());
  }

  private void failed(AuditEvent.Forward forward, Grant grant, IOException cause) {
    stopListeningForInterrupts();
    String why = messageOf(cause);
    forwards
        .audit()
        .append(
            new AuditEvent.ForwardFailed(
                Instant.now(),
                context.connection(),
                forward,
                grant.candidates().getFirst().rule(),
                why));
    sendOpenFailure(SshConstants.SSH_OPEN_CONNECT_FAILED, forward.target().shown() + ": " + why);
  }

  private void sendOpenFailure(int code, String text) {
    if (isClosing()) {
      return;
    }
    try {
      Session session = getSession();
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
      packet.putUInt(getRecipient());
      packet.putUInt(code);
      packet.putString(text);
      packet.putString("en");
      session.writePacket(packet);
    } catch (IOException e) {
      LOG.debug("the client left before it could be refused", e);
    }
  }

  static String messageOf(Exception cause) {
    String message = cause.getMessage();
    return SafeText.escape(message == null ? cause.getClass().getSimpleName() : message, 200);
  }

  /** The first reason is the true one; what follows are its consequences. */
  void ended(String reason) {
    endReason.compareAndSet(null, reason);
  }

  private String reason() {
    String reason = endReason.get();
    return reason == null ? "unknown" : reason;
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    throw new IllegalStateException("handleData does not come here");
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) {
    throw new IllegalStateException("handleExtendedData does not come here");
  }
}
