package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.gateway.outbound.TargetConnection;
import dev.sallyport.memory.MemoryHold;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session on a target, from the opening of its channel to its last event in the audit log. It
 * starts only when the recording and the event are on disk.
 */
final class TargetSession {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /**
   * The events of a session: recording started, finalised and removed, session opened and closed;
   * or one, failed.
   */
  static final int EVENTS = 5;

  /**
   * Memory of a session besides the windows of both ends, in bytes: a packet each way (66 KiB), the
   * buffers of three recorded streams (24 KiB), and input until it is echoed (2 KiB).
   */
  private static final long MEMORY = 96 * 1024;

  private final GatewayParts parts;
  private final Caller caller;
  private final Act act;
  private final RelayEnd client;
  private final SessionFacts facts;
  private final Terms.Session terms;
  private final Consumer<String> whenRevoked;

  /** The channel to it, if {@link #open} was called before {@link #run}. */
  private Optional<RelayEnd> opened = Optional.empty();

  /** The command that the key forced when the session began. */
  private final Optional<String> forced;

  /**
   * @param act the kind of grant
   * @param whenRevoked called with the reason when the grant no longer holds, before the session
   *     ends; must not wait
   */
  TargetSession(
      GatewayParts parts,
      Caller caller,
      Act act,
      RelayEnd client,
      SessionFacts facts,
      Terms.Session terms,
      Consumer<String> whenRevoked) {
    this.parts = parts;
    this.caller = caller;
    this.act = act;
    this.client = client;
    this.facts = facts;
    this.terms = terms;
    this.whenRevoked = whenRevoked;
    this.forced = caller.forcedCommand();
  }

  /**
   * Opens the session, records and carries it, and closes it; on the calling thread.
   *
   * @param requests the client's requests; the start is answered here
   * @throws SessionFailure when there is no session, and the start has not been answered
   */
  Relay.Ended run(TargetConnection connection, SessionRequests requests, Relay.ClientAfter after)
      throws SessionFailure, InterruptedException {
    int length = requests.start().arguments().length;
    if (length > Recording.LONGEST_COMMAND) {
      throw new SessionFailure(
          "a command of %d bytes is longer than what is recorded, which is %d: put it into a file"
              .formatted(length, Recording.LONGEST_COMMAND));
    }
    MemoryHold memory = caller.memory().hold();
    if (!memory.add(MEMORY)) {
      throw new SessionFailure(caller.memory().refusal());
    }
    String user = caller.user().name();
    Optional<Descriptors.Lease> files = parts.descriptors().take(user, Descriptors.OF_A_RECORDING);
    if (files.isEmpty()) {
      memory.close();
      throw new SessionFailure(parts.descriptors().refusal(user));
    }
    RelayEnd target = opened.orElseGet(this::newEnd);
    Parting parting = new Parting(client, target, connection::end);
    // The session must not outlive the client, whatever it waits for.
    SshFutureListener<CloseFuture> leaving = closed -> parting.begin();
    client.addCloseFutureListener(leaving);
    try {
      if (requests.agent()) {
        connection.admitAgent(new AgentChannels(parts, caller, client.getSession(), facts));
      }
      if (opened.isEmpty() && open(connection, target) instanceof RelayEnd.Opening.Refused no) {
        throw opensNone(no.text(), null);
      }
      SessionRecord record = record(requests);
      Optional<Relay.Ended> ended = Optional.empty();
      try {
        ended = Optional.of(join(connection, target, record, requests, after, parting));
        return ended.get();
      } finally {
        record.close(ended);
      }
    } finally {
      // The prompt's channel outlives many sessions.
      client.removeCloseFutureListener(leaving);
      parting.closeTarget();
      parting.over();
      target.release();
      memory.close();
      files.get().close();
    }
  }

  /**
   * Opens the channel on the target before the client's channel is confirmed, so that the target's
   * refusal can be passed on: stock clients then make another connection. {@link #run} or {@link
   * #abandon} follows.
   *
   * @throws SessionFailure when the connection ends
   */
  RelayEnd.Opening open(TargetConnection connection) throws SessionFailure, InterruptedException {
    RelayEnd target = newEnd();
    boolean kept = false;
    try {
      RelayEnd.Opening opening = open(connection, target);
      kept = opening instanceof RelayEnd.Opening.Opened;
      return opening;
    } finally {
      if (kept) {
        opened = Optional.of(target);
      } else {
        target.close(true);
        target.release();
      }
    }
  }

  /** Closes the channel of {@link #open} if {@link #run} was not called. */
  void abandon() {
    // Releasing twice changes nothing: run() does it too.
    opened.ifPresent(target -> {
      Thread.ofVirtual().name("close-target").start(() -> target.close(false));
      target.release();
    });
  }

  private RelayEnd newEnd() {
    return new RelayEnd(true, caller.memory(), ForwardWindow.LARGEST, nothing -> {}, () -> {});
  }

  private RelayEnd.Opening open(TargetConnection connection, RelayEnd target)
      throws SessionFailure, InterruptedException {
    try {
      return target.openOn(connection.session(), "session", packet -> {});
    } catch (IOException e) {
      throw opensNone(String.valueOf(e.getMessage()), e);
    }
  }

  /** Why the target opens no session, escaped. */
  String refusal(String why) {
    return "%s opens no session: %s".formatted(shown(), SafeText.escape(why, 200));
  }

  private SessionFailure opensNone(String why, @Nullable IOException cause) {
    String sentence = refusal(why);
    return cause == null ? new SessionFailure(sentence) : new SessionFailure(sentence, cause);
  }

  private SessionRecord record(SessionRequests requests) throws SessionFailure {
    Recording recording;
    try {
      recording = parts.recordings().start(caller.connection(), facts, Instant.now());
    } catch (RecordingException e) {
      throw new SessionFailure(String.valueOf(e.getMessage()), e);
    }
    return SessionRecord.open(
        parts.audit(),
        caller.connection(),
        facts,
        requests,
        recording,
        terms.input(),
        caller.memory());
  }

  /**
   * Starts the session on the target, and joins the client to it. Answers the client's start in any
   * case.
   */
  private Relay.Ended join(
      TargetConnection connection,
      RelayEnd target,
      SessionRecord record,
      SessionRequests requests,
      Relay.ClientAfter after,
      Parting parting)
      throws InterruptedException {
    Answer answer = answer(target, requests, record.events(), parting);
    if (requests.startWantsReply()) {
      // Clients show no message after a failure, and a message may follow here.
      client.sendReply(answer != Answer.NO);
    }
    if (answer == Answer.NONE) {
      return Relay.Ended.unanswered(
          client.isClosing()
              ? Relay.CLIENT_LEFT
              : connection.lost().orElse(shown() + " does not answer the requests of the session"));
    }
    showBanner(connection, parting);
    Relay relay =
        new Relay(
            client,
            target,
            record.tap(),
            record.events(),
            after,
            requests,
            parting,
            connection::lost);
    Running running = new Running(relay, requests.pty().isPresent());
    parts.grants().began(running);
    try {
      return relay.join();
    } finally {
      parts.grants().ended(running);
    }
  }

  private void showBanner(TargetConnection connection, Parting parting)
      throws InterruptedException {
    try {
      client.show(connection.banner().take(), parting::hasBegun);
    } catch (IOException e) {
      LOG.debug("the client left before it was shown the target's banner", e);
    }
  }

  /** The running session, for the periodic check of grants. */
  private final class Running implements Grants.Granted {
    private final Relay relay;
    private final boolean terminal;

    Running(Relay relay, boolean terminal) {
      this.relay = relay;
      this.terminal = terminal;
    }

    @Override
    public AuditEvent.Connection connection() {
      return caller.connection();
    }

    @Override
    public void reconsider() {
      caller
          .whyNoMore(
              act, facts.target(), facts.address().getAddress(), terms, Optional.of(facts.login()))
          .or(this::whyNarrowed)
          .ifPresent(why -> {
            whenRevoked.accept(why);
            relay.end(why);
          });
    }

    /** Why the key's restrictions forbid this session although the target is still allowed. */
    private Optional<String> whyNarrowed() {
      Optional<String> now = caller.forcedCommand();
      if (now.isPresent() && !now.equals(forced)) {
        return Optional.of("the key may run one command only now, and this session runs another");
      }
      return terminal ? caller.forbids(Act.TERMINAL).map(Denial::text) : Optional.empty();
    }
  }

  private enum Answer {
    YES,
    NO,
    /** It did not answer in time, or closed the channel. */
    NONE
  }

  private Answer answer(
      RelayEnd target, SessionRequests requests, FileEvents events, Parting parting)
      throws InterruptedException {
    // A thread, and not a timer: a timer's queue would keep a reference to the target until the
    // timeout.
    Thread patience =
        Thread.ofVirtual()
            .name("no-answer")
            .start(() -> {
              try {
                Thread.sleep(RelayEnd.ANSWER);
                parting.begin();
              } catch (InterruptedException answered) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      return ask(target, requests, events, parting);
    } catch (IOException e) {
      LOG.debug("the client or the target left before its session began", e);
      return Answer.NONE;
    } finally {
      patience.interrupt();
    }
  }

  /**
   * Sends the client's requests to the target, and waits for the answer to the start. Some servers
   * send data before it.
   */
  private Answer ask(RelayEnd target, SessionRequests requests, FileEvents events, Parting parting)
      throws IOException, InterruptedException {
    if (requests.pty().isPresent()) {
      target.sendRequest("pty-req", true, requests.pty().get().request());
    }
    for (Variable variable : requests.environment()) {
      target.sendRequest("env", true, variable.arguments());
    }
    if (requests.agent()) {
      target.sendRequest("auth-agent-req@openssh.com", false, new byte[0]);
    }
    target.sendRequest(requests.start().kind(), true, requests.start().arguments());
    if (requests.pty().isPresent() && reply(target) == Answer.NO) {
      client.say("%s gives no terminal".formatted(shown()), parting::hasBegun);
    }
    List<String> refused = new ArrayList<>();
    for (Variable variable : requests.environment()) {
      if (reply(target) == Answer.NO) {
        refused.add(variable.name());
      }
    }
    if (!refused.isEmpty()) {
      events.requested("env", String.join(", ", refused), false);
    }
    return reply(target);
  }

  private static Answer reply(RelayEnd target) throws InterruptedException {
    return target
        .takeReply()
        .map(reply -> reply.success() ? Answer.YES : Answer.NO)
        .orElse(Answer.NONE);
  }

  private String shown() {
    return SafeText.escape(facts.login(), 64) + " on " + facts.target().shown();
  }
}
