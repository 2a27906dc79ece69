package dev.sallyport.forward;

import dev.sallyport.access.Caller;
import dev.sallyport.access.LiveSet;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.channel.Refusal;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.SshConstants;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One forward: joins a channel of the client's to a TCP port of a target. The channel is a {@code
 * direct-tcpip} channel (RFC 4254, section 7.2) or a session whose command asks for the same; both
 * are decided on and logged in the same way.
 *
 * <p>One thread resolves, decides, dials, logs, and then carries the bytes with a {@link Carriage}.
 */
public final class Forward {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.forward");

  /**
   * How long a target may take to read the last bytes of a client that has left. Without a bound,
   * it would hold a socket and memory that no limit of a connection counts any more.
   */
  private static final Duration LINGER = Duration.ofSeconds(30);

  private final LiveSet<Forward> live;
  private final ForwardParts parts;
  private final ForwardContext context;
  private final Caller caller;

  /** The settings when the forward began. A reload does not change them. */
  private final ForwardSettings settings;

  private final MemoryShare memory;
  private final ForwardRequest request;
  private final ClientEnd client;
  private final EndReason endReason = new EndReason();

  /** The thread while an interrupt may end the opening, that is while it resolves and dials. */
  private final AtomicReference<@Nullable Thread> opening = new AtomicReference<>();

  /** Whether the bastion ends it, which waits for a client that does not read. */
  private final AtomicBoolean ending = new AtomicBoolean();

  private volatile @Nullable Held held;
  private volatile @Nullable Carriage carriage;
  private volatile boolean joined;
  private volatile long joinedAt;
  private volatile boolean clientGone;
  private volatile long clientGoneAt;

  /** The grant in use, which is evaluated again and again. */
  private record Held(Target target, InetAddress dialled, Terms terms) {}

  /**
   * @param live all forwards, to which this one belongs from {@link #begin} to the end of {@link
   *     #run}
   */
  Forward(
      LiveSet<Forward> live,
      ForwardParts parts,
      ForwardSettings settings,
      ForwardContext context,
      ForwardRequest request) {
    this.live = live;
    this.parts = parts;
    this.context = context;
    this.caller = context.caller();
    this.settings = settings;
    this.memory = caller.memory();
    this.request = request;
    this.client = request.client();
  }

  boolean belongsTo(AuditEvent.Connection connection) {
    return caller.connection().equals(connection);
  }

  // ---- open: decide, dial, record, confirm ----

  /** Counts the forward from now on; {@link #run} follows. Never waits. */
  void begin() {
    live.add(this);
  }

  /**
   * Opens the forward, and carries its bytes until it ends; on the calling thread. Called once.
   *
   * @param target as the client sent it
   */
  public void run(Target target) {
    begin();
    run(newRecord(target));
  }

  ForwardRecord newRecord(Target target) {
    return new ForwardRecord(parts.audit(), caller, target);
  }

  void run(ForwardRecord record) {
    try {
      opening.set(Thread.currentThread());
      // A close before this line has not interrupted this thread.
      if (!request.isClosing()) {
        if (record.awaitTurn(() -> false)) {
          decide(record);
        } else {
          refuse(record, Denial.STOPPING);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the client left before its forward was open");
    } catch (RuntimeException e) {
      LOG.error("a forward to {} failed inside the bastion", record.facts().target().shown(), e);
      stopListeningForInterrupts();
      if (!joined) {
        request.refuse(
            SshConstants.SSH_OPEN_CONNECT_FAILED, "the bastion failed; contact its operator");
      }
    } finally {
      request.over(joined);
      live.remove(this);
    }
  }

  /** Why the bastion ended the forward, or what failed. Valid after {@link #run}. */
  public Optional<String> failure() {
    return endReason.failure();
  }

  private void decide(ForwardRecord record) throws InterruptedException {
    switch (caller.decide(Act.FORWARD, record.facts().target())) {
      case Decision.Denied(Denial denial) -> refuse(record, denial);
      case Decision.Granted(Grant grant) -> join(record, grant);
    }
  }

  private void join(ForwardRecord record, Grant grant) throws InterruptedException {
    int beside =
        switch (grant.terms()) {
          case Terms.Metadata() -> PlainCarriage.MEMORY;
          case Terms.Session session -> InspectedCarriage.MEMORY;
        };
    if (!memory.reserve(client.unreserved() + beside)) {
      refuse(record, new Denial(Denial.Reason.LIMIT, memory.refusal()));
      return;
    }
    try {
      dial(record, grant);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      failed(record, grant, e);
    } finally {
      client.close();
      memory.release(beside);
    }
  }

  private void dial(ForwardRecord record, Grant grant) throws IOException, InterruptedException {
    Optional<String> tooMany = parts.dials().whyNot(caller.user().name(), grant.candidates());
    if (tooMany.isPresent()) {
      refuse(record, new Denial(Denial.Reason.LIMIT, tooMany.get()));
      return;
    }
    Descriptors descriptors = parts.descriptors();
    // Each address that does not answer holds a socket until another one has answered.
    Optional<Descriptors.Lease> taken =
        descriptors.take(caller.user().name(), grant.candidates().size());
    if (taken.isEmpty()) {
      refuse(record, new Denial(Denial.Reason.LIMIT, descriptors.refusal(caller.user().name())));
      return;
    }
    try (Descriptors.Lease sockets = taken.get();
        Dialer.Dialled dialled = Dialer.dial(grant.candidates(), settings)) {
      sockets.keep(1);
      stopListeningForInterrupts();
      carry(record, dialled, grant.terms());
    }
  }

  /** An interrupt during a write would close the client's socket with all its channels. */
  private void stopListeningForInterrupts() {
    synchronized (opening) {
      opening.set(null);
      // An interrupt that came just now means that the client has left, which the request shows
      // too.
      boolean ignored = Thread.interrupted();
      LOG.trace("interrupted at the last moment: {}", ignored);
    }
  }

  private void carry(ForwardRecord record, Dialer.Dialled dialled, Terms terms) {
    if (request.isClosing()) {
      return;
    }
    Grant.Candidate candidate = dialled.candidate();
    ForwardRecord.Opened opened;
    try {
      opened = record.opened(candidate, terms);
    } catch (AuditUnavailableException e) {
      request.refuse(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, ForwardRecord.UNAVAILABLE);
      return;
    }
    try {
      joinedAt = System.nanoTime();
      held = new Held(record.facts().target(), candidate.address().getAddress(), terms);
      client.active();
      joined = true;
      Carriage how = carriage(record.facts(), dialled, terms);
      carriage = how;
      if (request.isClosing()) {
        endReason.because("the client closed it");
        return;
      }
      request.confirm();
      how.carry();
    } catch (InterruptedException e) {
      endReason.because("interrupted");
    } finally {
      opened.closed(client.bytesReceived(), client.bytesSent(), endReason.text(), traffic());
    }
  }

  private TrafficSummary traffic() {
    Carriage how = carriage;
    return how == null ? TrafficSummary.NONE : how.traffic();
  }

  private Carriage carriage(AuditEvent.Forward facts, Dialer.Dialled dialled, Terms terms) {
    return switch (terms) {
      case Terms.Metadata() -> new PlainCarriage(request, endReason, dialled.socket(), facts);
      case Terms.Session session ->
          new InspectedCarriage(context, client, endReason, dialled, facts, session);
    };
  }

  // ---- close ----

  /** Whether the forward was opened: the client has a window, and memory is reserved for it. */
  boolean isJoined() {
    return joined;
  }

  /**
   * Called when the channel closes, whichever side began it. What the client sent still goes to the
   * target; nothing is sent back. Any thread; never waits.
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

  /** Ends the forward at once; the reason is logged. Any thread; never waits. */
  void end(String reason) {
    if (!ending.getAndSet(true)) {
      endReason.failed(reason);
      cut();
      request.endSoon();
    }
  }

  /** Ends the forward if it is idle, or has lasted too long, or its client left too long ago. */
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
   * Ends the forward if it would not be granted now. An inspected one only keeps the reason: its
   * inner connection ends it, and can tell the client.
   */
  void reconsider() {
    Held granted = held;
    if (granted != null && !clientGone) {
      caller
          .whyNoMore(
              Act.FORWARD, granted.target(), granted.dialled(), granted.terms(), Optional.empty())
          .ifPresent(reason -> {
            switch (granted.terms()) {
              case Terms.Metadata() -> revoke(reason);
              case Terms.Session session -> endReason.because(reason);
            }
          });
    }
  }

  private void revoke(String reason) {
    if (!ending.getAndSet(true)) {
      endReason.failed(reason);
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

  // ---- say no ----

  private void refuse(ForwardRecord record, Denial denial) {
    stopListeningForInterrupts();
    record.refused(denial);
    request.refuse(Refusal.code(denial.reason()), denial.text());
  }

  private void failed(ForwardRecord record, Grant grant, IOException cause) {
    stopListeningForInterrupts();
    String why = SafeText.messageOf(cause, 200);
    record.failed(grant.candidates().getFirst().rule(), why);
    request.refuse(
        SshConstants.SSH_OPEN_CONNECT_FAILED, record.facts().target().shown() + ": " + why);
  }
}
