package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.Caller;
import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.RecordingException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * One session on a target, from the opening of its channel to the last line about it in the audit
 * log. Nothing starts before the recording and the log have it on disk.
 */
final class TargetSession {
  private final GatewayParts parts;
  private final Caller caller;
  private final Act act;
  private final RelayEnd client;
  private final SessionFacts facts;
  private final Terms.Session terms;
  private final Consumer<String> whenRevoked;

  /** What the key forced when the session was begun. */
  private final Optional<String> forced;

  /**
   * @param act as what it was granted
   * @param whenRevoked told why, when it is allowed no more, before it ends; must not wait
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
    this.forced = caller.rights().command().get();
  }

  /**
   * Opens, records, joins, and closes; on the calling thread.
   *
   * @param requests what the client asked for; its start is answered here
   * @throws SessionFailure when there is no session, and the start has not been answered
   */
  Relay.Ended run(TargetConnection connection, SessionRequests requests, Relay.ClientAfter after)
      throws SessionFailure, IOException, InterruptedException {
    int length = requests.start().arguments().length;
    if (length > Recording.LONGEST_COMMAND) {
      throw new SessionFailure(
          "a command of %d bytes is longer than what is recorded, which is %d: put it into a file"
              .formatted(length, Recording.LONGEST_COMMAND));
    }
    RelayEnd target = new RelayEnd(true, parts.budget(), nothing -> {}, () -> {});
    // Whatever the session waits for on the target, it must not outlive the client. The target is
    // told, or what it runs would go on; it may not read, so whoever closes the client's does not
    // wait for that.
    SshFutureListener<CloseFuture> leaving =
        closed -> Thread.ofVirtual().name("client-left").start(() -> target.close(false));
    client.addCloseFutureListener(leaving);
    try {
      if (requests.agent()) {
        connection.admitAgent(new AgentChannels(parts, caller, client.getSession(), facts));
      }
      open(connection, target);
      Recording recording = record();
      Instant begin = Instant.now();
      Optional<Relay.Ended> ended = Optional.empty();
      String reason = Relay.FAULT;
      try {
        Relay.Ended over = start(connection, target, recording, requests, after);
        ended = Optional.of(over);
        reason = over.reason();
        return over;
      } catch (SessionFailure | IOException e) {
        reason = "it could not begin";
        throw e;
      } finally {
        close(recording, requests.start(), begin, ended, reason);
      }
    } finally {
      // The prompt's channel outlives many sessions.
      client.removeCloseFutureListener(leaving);
      target.close(false);
      target.release();
    }
  }

  private void open(TargetConnection connection, RelayEnd target)
      throws SessionFailure, InterruptedException {
    try {
      switch (target.openOn(connection.session(), "session", packet -> {})) {
        case RelayEnd.Opening.Opened() -> {}
        case RelayEnd.Opening.Refused(int code, String text) -> throw opensNone(text, null);
      }
    } catch (IOException e) {
      throw opensNone(String.valueOf(e.getMessage()), e);
    }
  }

  private SessionFailure opensNone(String why, @Nullable IOException cause) {
    String sentence = "%s opens no session: %s".formatted(shown(), SafeText.escape(why, 200));
    return cause == null ? new SessionFailure(sentence) : new SessionFailure(sentence, cause);
  }

  private Recording record() throws SessionFailure {
    try {
      return parts.recordings().start(caller.connection(), facts, Instant.now());
    } catch (RecordingException e) {
      throw new SessionFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private Relay.Ended start(
      TargetConnection connection,
      RelayEnd target,
      Recording recording,
      SessionRequests requests,
      Relay.ClientAfter after)
      throws SessionFailure, IOException, InterruptedException {
    SessionTap tap;
    try {
      tap =
          SessionTap.of(
              recording,
              requests,
              terms.input(),
              parts.audit(),
              caller.connection(),
              facts,
              parts.paces().of(caller.user().name()));
      parts
          .audit()
          .commit(
              new SessionEvent.SessionOpened(
                  Instant.now(),
                  caller.connection(),
                  facts,
                  requests.start().kind(),
                  requests.asked().command(),
                  requests.asked().hex(),
                  requests.asked().environment()));
    } catch (RecordingException e) {
      throw new SessionFailure(String.valueOf(e.getMessage()), e);
    } catch (AuditUnavailableException e) {
      throw new SessionFailure(
          "the audit log cannot be written, so nothing is opened; tell the bastion's operator", e);
    }
    List<Message> first = new ArrayList<>();
    Answer answer = answer(target, requests, first);
    if (answer == Answer.NONE) {
      throw new SessionFailure(shown() + " does not answer what it is asked");
    }
    boolean started = answer == Answer.YES;
    if (requests.startWantsReply()) {
      client.sendReply(started);
    }
    // From here on there is a session, whatever becomes of it: its start is answered once.
    try {
      Relay relay = new Relay(client, target, tap, after, first, requests, connection::lost);
      Running running = new Running(relay, requests.pty().isPresent());
      parts.grants().began(running);
      try {
        return relay.join();
      } finally {
        parts.grants().ended(running);
      }
    } finally {
      tap.end();
    }
  }

  /** The session while it runs, for the clock. */
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

    /** Why the key may still go there, and not with this session. */
    private Optional<String> whyNarrowed() {
      Optional<String> now = caller.rights().command().get();
      if (now.isPresent() && !now.equals(forced)) {
        return Optional.of("the key runs one command by now, and this session is another");
      }
      return terminal
          ? caller.rights().forbids().apply(Act.TERMINAL).map(Denial::text)
          : Optional.empty();
    }
  }

  private enum Answer {
    YES,
    NO,
    /** Not in time, or it closed the channel instead. */
    NONE
  }

  private Answer answer(RelayEnd target, SessionRequests requests, List<Message> first)
      throws IOException, InterruptedException {
    // A thread that is interrupted lets go of the target at once; a timer's queue would not.
    Thread patience =
        Thread.ofVirtual()
            .name("no-answer")
            .start(() -> {
              try {
                Thread.sleep(RelayEnd.ANSWER);
                target.close(false);
              } catch (InterruptedException answered) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      return ask(target, requests, first);
    } finally {
      patience.interrupt();
    }
  }

  /**
   * Asks the target for what the client asked for, and waits for its answer to the start.
   *
   * @param first what came before the answer, which some servers overtake with data
   */
  private Answer ask(RelayEnd target, SessionRequests requests, List<Message> first)
      throws IOException, InterruptedException {
    int replies = 1;
    if (requests.pty().isPresent()) {
      target.sendRequest("pty-req", true, requests.pty().get().request());
      replies++;
    }
    for (SessionRequests.Variable variable : requests.environment()) {
      target.sendRequest("env", false, variable.arguments());
    }
    if (requests.agent()) {
      target.sendRequest("auth-agent-req@openssh.com", false, new byte[0]);
    }
    target.sendRequest(requests.start().kind(), true, requests.start().arguments());
    boolean success = false;
    while (replies > 0) {
      Message message = target.take(Taker.RELAY);
      if (message instanceof Message.Reply(boolean yes)) {
        success = yes;
        replies--;
        if (!yes && replies > 0) {
          client.say("%s gives no terminal".formatted(shown()));
        }
      } else if (message instanceof Message.Closed) {
        return Answer.NONE;
      } else {
        first.add(message);
        if (first.size() > Inbox.MOST_WAITING) {
          return Answer.NONE;
        }
      }
    }
    return success ? Answer.YES : Answer.NO;
  }

  private void close(
      Recording recording, Start start, Instant begin, Optional<Relay.Ended> ended, String reason) {
    Optional<Integer> status = ended.flatMap(Relay.Ended::exitStatus);
    Optional<String> signal = ended.flatMap(Relay.Ended::exitSignal);
    recording.end(status, signal, reason);
    parts
        .audit()
        .append(
            new SessionEvent.SessionClosed(
                Instant.now(),
                caller.connection(),
                facts,
                start.kind(),
                start.shown(),
                status,
                signal,
                Duration.between(begin, Instant.now()),
                ended.map(Relay.Ended::bytesToTarget).orElse(0L),
                ended.map(Relay.Ended::bytesFromTarget).orElse(0L),
                reason));
  }

  private String shown() {
    return SafeText.escape(facts.login(), 64) + " on " + facts.target().shown();
  }
}
