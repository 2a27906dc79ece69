package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.Caller;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.gateway.target.TargetBanner;
import dev.sallyport.model.Act;
import dev.sallyport.model.SafeText;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code session} channel of a client (RFC 4254, section 6), on a virtual thread of its own:
 * from the opening to the exit status.
 */
final class GatewaySession {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** As ssh has it for everything that is not the remote command's own. */
  static final int EXIT_FAILED = 255;

  /** A client that does not read must not hold up the end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Gateway gateway;
  private final Caller caller;
  private final Way way;
  private final RelayEnd client;

  /** The library's channel, and our thread once it runs: when both are done, the place is free. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final Runnable ended;

  /**
   * Since when the client may say what the session is for, as {@link System#nanoTime}; empty while
   * it waits for the answer to its opening.
   */
  private volatile Optional<Long> awaitedSince = Optional.empty();

  /** What has come of the wait for a request that says what the session is for. */
  private final AtomicReference<Use> use = new AtomicReference<>(Use.AWAITED);

  private enum Use {
    AWAITED,
    /** Asked for, or the client has left. */
    KNOWN,
    /** Not asked for in time. */
    NONE
  }

  /** What the target of a login that failed showed before; for the session's thread. */
  private List<String> banner = List.of();

  /** What to do when the bastion stops; a session that runs goes on. */
  private volatile Runnable whenStopping = () -> {};

  /**
   * @param ended called once when the channel's place is free
   */
  GatewaySession(Gateway gateway, Caller caller, Way way, Runnable ended) {
    this.gateway = gateway;
    this.caller = caller;
    this.way = way;
    this.ended = ended;
    this.client =
        new RelayEnd(false, caller.memory(), way.largestWindow(), end -> begin(), this::letGo);
  }

  /** The client's channel, for the library to open. */
  RelayEnd channel() {
    return client;
  }

  Caller caller() {
    return caller;
  }

  private void begin() {
    holders.incrementAndGet();
    gateway.began(this);
    Thread.ofVirtual().name("session-" + caller.connection().id()).start(this::live);
  }

  private void live() {
    boolean isOwing = false;
    try {
      Optional<RelayEnd.Opening.Refused> no = way.begin(this);
      if (no.isPresent()) {
        client.refuse(no.get().code(), no.get().text());
        return;
      }
      client.confirm();
      awaitedSince = Optional.of(System.nanoTime());
      // Who has not said yet what the session is for would not get it any more.
      whenStopping(this::end);
      Optional<SessionRequests> requests =
          SessionRequests.await(client, way.allowsAgent(), way.whyNoTerminal(), this::refused);
      whenStopping(() -> {});
      if (!use.compareAndSet(Use.AWAITED, Use.KNOWN)) {
        isOwing = true;
        endUnused();
      } else if (requests.isPresent()) {
        serve(requests.get());
      }
    } catch (NoMemoryException e) {
      isOwing = true;
      endWithoutMemory(e);
    } catch (ProtocolException e) {
      refused("session", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("a session of {} failed inside the bastion", shownUser(), e);
    } finally {
      if (isStopping()) {
        awaitShown();
      }
      way.end(this);
      client.close(false);
      client.release();
      gateway.ended(this);
      if (isOwing) {
        awaitPayment();
      }
      letGo();
    }
  }

  private void serve(SessionRequests requests) throws IOException, InterruptedException {
    Start start = requests.start();
    Optional<String> unreadable = start.whyNotReadable();
    if (unreadable.isPresent()) {
      refused(start.kind(), start.shown(), unreadable.get());
      accept(requests);
      say(unreadable.get());
      exit(EXIT_FAILED);
    } else {
      way.serve(this, requests);
    }
  }

  private void letGo() {
    if (holders.decrementAndGet() == 0) {
      ended.run();
    }
  }

  /** From the clock of all sessions; never waits. */
  void endIfUnused() {
    Optional<Long> since = awaitedSince;
    if (since.isPresent()
        && System.nanoTime() - since.get() > gateway.sessionStart().toNanos()
        && use.compareAndSet(Use.AWAITED, Use.NONE)) {
      Thread.ofVirtual()
          .name("unused-session")
          .start(() -> {
            try {
              dismiss(unused());
            } catch (IOException e) {
              LOG.debug("the client left its session", e);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  private void endWithoutMemory(NoMemoryException shortage) {
    String sentence = String.valueOf(shortage.getMessage());
    try {
      dismiss(sentence);
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.release();
    recordEnd(sentence);
  }

  private String unused() {
    return "nothing was asked of this session within %d s, so it is closed"
        .formatted(gateway.sessionStart().toSeconds());
  }

  private void endUnused() {
    client.close(false);
    client.release();
    recordEnd(unused());
  }

  /**
   * Records that the bastion has ended the session. The event is owed, not waited for: the channel
   * is closing, so the wait would end at once and the event would be lost.
   */
  private void recordEnd(String reason) {
    gateway.parts().audit().rate(caller.user().name()).owe(1);
    gateway.refused(caller, ServerChannels.SESSION, "", reason);
  }

  /**
   * Waits until the event of {@link #recordEnd} is paid for, with nothing left but the channel's
   * place. Otherwise a client that opens sessions and has them ended would write to the log faster
   * than its user's rate. Ends with the connection: the next login waits for the debt.
   */
  private void awaitPayment() {
    try {
      gateway.parts().audit().rate(caller.user().name()).await(0, client.getSession()::isClosing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it, from any thread; never waits. */
  void end() {
    Thread.ofVirtual().name("end-session").start(() -> client.close(false));
  }

  /** The bastion stops. From any thread; never waits. */
  void stopping() {
    whenStopping.run();
  }

  /**
   * From now on {@code action} is run when the bastion stops, if need be at once; never with a
   * wait, perhaps twice, on any thread.
   */
  void whenStopping(Runnable action) {
    whenStopping = action;
    if (isStopping()) {
      action.run();
    }
  }

  /** Whether the bastion stops: nothing new may begin. */
  boolean isStopping() {
    return gateway.isDraining();
  }

  private String shownUser() {
    return SafeText.escape(caller.user().name(), 64);
  }

  // ---- what ways of serving use ----

  /** A request was refused, which the client shows nothing of. */
  void refused(String request, String reason) {
    refused(request, "", reason);
  }

  /**
   * @param detail what exactly was asked for
   */
  void refused(String request, String detail, String reason) {
    try {
      // A client that withdraws what it asked before its turn has been refused nothing.
      if (awaitTurn(1) || isStopping()) {
        gateway.refused(caller, request, detail, reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Pays for events that are about to happen, and waits until they are due.
   *
   * @return false when the client has gone meanwhile, or the bastion stops
   */
  boolean awaitTurn(int events) throws InterruptedException {
    return gateway.parts().audit().rate(caller.user().name()).await(events, client::isClosing);
  }

  /** Prints lines as a program without a terminal does. */
  void print(String text) throws IOException, InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    client.sendData(Stream.DATA, bytes, 0, bytes.length);
  }

  /** As {@link #say}; a client that is gone is told nothing. */
  void tell(String sentence) throws InterruptedException {
    try {
      say(sentence);
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    }
  }

  /** Tells the user: on standard error, and at the prompt with its output. */
  void say(String sentence) throws IOException, InterruptedException {
    client.show(banner, () -> false);
    banner = List.of();
    client.say(sentence);
  }

  /** What a target showed before its login failed is shown before the user hears why. */
  void showFirst(TargetBanner shown) {
    banner = shown.take();
  }

  /**
   * There is no session on a target: says why, to the user and in the log. The start is answered
   * with yes, because a client that is told no shows no words at all.
   */
  void fail(SessionFacts facts, SessionRequests requests, String sentence)
      throws IOException, InterruptedException {
    failed(facts, sentence);
    refuse(requests, sentence);
  }

  /** Says why there is no session on a target; the log has it already. */
  void refuse(SessionRequests requests, String sentence) throws IOException, InterruptedException {
    accept(requests);
    say(sentence);
    exit(EXIT_FAILED);
  }

  /** There is no session on a target, for the log. */
  void failed(SessionFacts facts, String sentence) {
    gateway
        .parts()
        .audit()
        .append(
            new SessionEvent.SessionFailed(Instant.now(), caller.connection(), facts, sentence));
  }

  /** The client's agent for logging in to a target, opened when it is asked for. */
  Supplier<Optional<SshAgent>> agent(SessionRequests requests) {
    return () -> {
      // Asked again: a prompt lives long, and the key's right may have been taken meanwhile.
      if (!requests.agent() || caller.rights().forbids().apply(Act.AGENT).isPresent()) {
        return Optional.empty();
      }
      try {
        return Optional.of(ForwardedAgent.open(client.getSession(), caller.memory()));
      } catch (IOException e) {
        LOG.debug("{} forwards no agent", shownUser(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Optional.empty();
    };
  }

  /**
   * Closes, and waits until the client has closed its end too: stock clients throw away what they
   * have not shown when the connection ends, as it does with its last session while the bastion
   * stops, or when the target has left.
   */
  void awaitShown() {
    try {
      client.close(false).await(LAST_WORDS);
    } catch (IOException e) {
      LOG.debug("interrupted while a client reads its last words", e);
    }
  }

  void accept(SessionRequests requests) {
    if (requests.startWantsReply()) {
      client.sendReply(true);
    }
  }

  /** Ends the session with an exit status. */
  void exit(int status) throws IOException {
    Buffer arguments = new ByteArrayBuffer();
    arguments.putInt(status);
    exit("exit-status", arguments.getCompactData());
  }

  /**
   * Ends the session, the status first, as sshd does: a client that has no more to send leaves at
   * the end of data.
   */
  private void exit(String request, byte[] arguments) throws IOException {
    client.sendRequest(request, false, arguments);
    client.sendEndOfData();
    client.close(false);
  }

  /** Ends the session as the target's ended. */
  void exitAs(Relay.Ended over) throws IOException, InterruptedException {
    if (over.words().isPresent()) {
      dismiss(over.words().get());
    } else if (over.exitSignal().isPresent()) {
      exit("exit-signal", over.signalRequest());
    } else if (over.exitStatus().isPresent()) {
      exit(over.exitStatus().get());
    } else {
      exit(EXIT_FAILED);
    }
  }

  /** Says why it ends, and ends; a client that does not read is not waited for. */
  private void dismiss(String sentence) throws IOException, InterruptedException {
    dismiss(sentence, EXIT_FAILED);
  }

  /** The same with another exit status. */
  void dismiss(String sentence, int status) throws IOException, InterruptedException {
    Thread patience =
        Thread.ofVirtual()
            .name("not-read")
            .start(() -> {
              try {
                Thread.sleep(LAST_WORDS);
                end();
              } catch (InterruptedException read) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      say(sentence);
      exit(status);
    } finally {
      patience.interrupt();
    }
  }
}
