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
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.SshConstants;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One forward: a channel of the client's joined to a TCP port of a target. The channel is a {@code
 * direct-tcpip} one (RFC 4254, section 7.2), or a session that asks for the same; what is decided
 * and recorded does not depend on which.
 *
 * <p>One thread resolves, decides, dials, records, and then carries. What becomes of the bytes is
 * the {@link Carriage}'s.
 */
public final class Forward {
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
  private final ForwardRequest request;
  private final ClientEnd client;
  private final AtomicReference<@Nullable String> endReason = new AtomicReference<>();

  /** Set while an interrupt may end the opening: resolving and dialling. */
  private final AtomicReference<@Nullable Thread> opening = new AtomicReference<>();

  private final AtomicBoolean revoked = new AtomicBoolean();

  /** Why the bastion ended it, or what broke; empty when the client or the target closed it. */
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  private volatile @Nullable Held held;
  private volatile @Nullable Carriage carriage;
  private volatile boolean joined;
  private volatile long joinedAt;
  private volatile boolean clientGone;
  private volatile long clientGoneAt;

  /** What was granted, and goes on only while it still would be. */
  private record Held(Target target, InetAddress dialled, Terms terms) {}

  Forward(Forwards forwards, ForwardContext context, ForwardRequest request) {
    this.forwards = forwards;
    this.context = context;
    this.settings = forwards.settings();
    this.memory = context.memory();
    this.request = request;
    this.client = request.client();
  }

  boolean belongsTo(AuditEvent.Connection connection) {
    return context.connection().equals(connection);
  }

  // ---- open: decide, dial, record, confirm ----

  /** From now on it counts among the forwards; {@link #run} follows. Never waits. */
  void begin() {
    forwards.began(this);
  }

  /**
   * Asks for a target, and carries what passes until the forward is over; on the calling thread.
   * Called once.
   *
   * @param target as the client sent it
   */
  public void run(Target target) {
    begin();
    run(new AuditEvent.Forward(UUID.randomUUID().toString(), context.user(), target));
  }

  void run(AuditEvent.Forward forward) {
    try {
      opening.set(Thread.currentThread());
      // A close that came before this line has interrupted nobody.
      if (!request.isClosing()) {
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
        request.refuse(
            SshConstants.SSH_OPEN_CONNECT_FAILED, "the bastion failed; tell its operator");
      }
    } finally {
      request.over(joined);
      forwards.ended(this);
    }
  }

  /** Why the bastion ended it, or what broke; for {@link #run}'s caller, and afterwards. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure.get());
  }

  private void decide(AuditEvent.Forward forward) throws InterruptedException {
    switch (context.decide().apply(forward.target())) {
      case Decision.Denied(Denial denial) -> refuse(forward, denial);
      case Decision.Granted(Grant grant) -> join(forward, grant);
    }
  }

  private void join(AuditEvent.Forward forward, Grant grant) throws InterruptedException {
    int beside =
        switch (grant.terms()) {
          case Terms.Metadata() -> PlainCarriage.MEMORY;
          case Terms.Session session -> InspectedCarriage.MEMORY;
        };
    if (!memory.reserve(client.unreserved() + beside)) {
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
    Optional<String> tooMany = forwards.dials().whyNot(context.user(), grant.candidates());
    if (tooMany.isPresent()) {
      refuse(forward, new Denial(Denial.Reason.LIMIT, tooMany.get()));
      return;
    }
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
      // One that came just now is about a client that is gone, which the request tells too.
      boolean ignored = Thread.interrupted();
      LOG.trace("interrupted at the last moment: {}", ignored);
    }
  }

  private void carry(AuditEvent.Forward forward, Dialer.Dialled dialled, Terms terms) {
    Instant begin = Instant.now();
    Grant.Candidate candidate = dialled.candidate();
    if (request.isClosing()) {
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
      request.refuse(
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
      if (request.isClosing()) {
        ended("the client closed it");
        return;
      }
      request.confirm();
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
      case Terms.Metadata() -> new PlainCarriage(this, client, dialled.socket(), context.user(), forward.id());
      case Terms.Session session ->
          new InspectedCarriage(this, context, client, dialled, forward, session);
    };
  }

  // ---- close ----

  /** Whether it was opened: a window is promised to the client, and memory is reserved for it. */
  boolean isJoined() {
    return joined;
  }

  /**
   * The channel closes, whoever began it: what the client sent still goes to the target, nothing
   * comes back. Any thread; never waits.
   */
  public void clientLeft() {
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
  }

  /** Ends the forward at once; the reason goes to the audit log. Any thread; never waits. */
  void end(String reason) {
    ended(reason);
    failure.compareAndSet(null, reason);
    cut();
    // Closing writes to the client, and a client that does not read lets writers wait: the clock,
    // or the thread that stops the bastion, must not be among them.
    Thread.ofVirtual().name("end-forward").start(request::end);
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

  private void revoke(String reason) {
    if (!revoked.getAndSet(true)) {
      ended(reason);
      failure.compareAndSet(null, reason);
      cut();
      Thread.ofVirtual().name("revoke-forward").start(() -> request.revoke(reason));
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

  // ---- say no ----

  private void refuse(AuditEvent.Forward forward, Denial denial) {
    stopListeningForInterrupts();
    forwards
        .audit()
        .append(
            new AuditEvent.ForwardRefused(Instant.now(), context.connection(), forward, denial));
    request.refuse(Refusal.code(denial.reason()), denial.text());
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
    request.refuse(SshConstants.SSH_OPEN_CONNECT_FAILED, forward.target().shown() + ": " + why);
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
}
