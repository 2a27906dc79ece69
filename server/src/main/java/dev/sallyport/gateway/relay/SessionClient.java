package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.outbound.TargetBanner;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.model.Act;
import dev.sallyport.model.SafeText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session says to its client: messages, refusals and the exit status. Called by the
 * session's thread, unless a method says otherwise.
 */
final class SessionClient {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** The exit status that ssh(1) uses for all failures but the remote command's own. */
  static final int EXIT_FAILED = 255;

  /** How long the end of a session waits for a client that does not read. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final GatewayParts parts;
  private final Caller caller;
  private final RelayEnd client;

  /** What a target had shown before the login to it failed. */
  private String banner = "";

  /** Run when the bastion stops. Does nothing for a running session, which continues. */
  private volatile Runnable whenStopping = () -> {};

  SessionClient(GatewayParts parts, Caller caller, RelayEnd client) {
    this.parts = parts;
    this.caller = caller;
    this.client = client;
  }

  /** The client's channel. */
  RelayEnd channel() {
    return client;
  }

  // ---- stop ----

  /** Ends the session, from any thread; never waits. */
  void end() {
    Thread.ofVirtual().name("end-session").start(() -> client.close(false));
  }

  /** Called when the bastion stops, from any thread; never waits. */
  void stopping() {
    whenStopping.run();
  }

  /**
   * Sets the action to run when the bastion stops. It runs at once if the bastion is stopping
   * already. It may run twice and on any thread, and must not wait.
   */
  void whenStopping(Runnable action) {
    whenStopping = action;
    if (isStopping()) {
      action.run();
    }
  }

  /** Whether the bastion stops: nothing new may begin. */
  boolean isStopping() {
    return parts.stopping().hasBegun();
  }

  // ---- refusals and messages ----

  private String shownUser() {
    return SafeText.escape(caller.user().name(), 64);
  }

  /** Logs that a request was refused. The client shows nothing of the refusal. */
  void refused(String request, String reason) {
    refused(request, "", reason);
  }

  /**
   * @param detail the arguments of the request, as text
   */
  void refused(String request, String detail, String reason) {
    try {
      // A client that leaves before the event is due has not been refused anything.
      if (awaitTurn(1) || isStopping()) {
        parts.refused(caller, request, detail, reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Pays for events in advance, and waits until they are due.
   *
   * @return false when the client has gone meanwhile, or the bastion stops
   */
  boolean awaitTurn(int events) throws InterruptedException {
    return parts.audit().rate(caller.user().name()).await(events, client::isClosing);
  }

  /** Writes text to the standard output as it is. */
  void print(String text) throws IOException, InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    client.sendData(Stream.DATA, bytes, 0, bytes.length);
  }

  /** As {@link #say}, and ignores that the client has left. */
  void tell(String sentence) throws InterruptedException {
    try {
      say(sentence);
    } catch (IOException e) {
      LOG.debug("the client left its session", e);
    }
  }

  /** Shows the user a sentence, on standard error or, at the prompt, on standard output. */
  void say(String sentence) throws IOException, InterruptedException {
    client.show(banner.isEmpty() || banner.endsWith("\n") ? banner : banner + "\n", () -> false);
    banner = "";
    client.say(sentence);
  }

  /** Shows the target's banner before the message that says why the login failed. */
  void showFirst(TargetBanner shown) {
    banner = shown.take();
  }

  /**
   * Tells the user why there is no session on a target, and logs it. The request is answered with
   * success, because clients show no message after a failure.
   */
  void fail(SessionFacts facts, SessionRequests requests, String sentence)
      throws IOException, InterruptedException {
    failed(facts, sentence);
    refuse(requests, sentence);
  }

  /** Tells the user why there is no session on a target, which has been logged already. */
  void refuse(SessionRequests requests, String sentence) throws IOException, InterruptedException {
    accept(requests);
    say(sentence);
    exit(EXIT_FAILED);
  }

  /** Logs that there is no session on a target. */
  void failed(SessionFacts facts, String sentence) {
    parts
        .audit()
        .append(
            new SessionEvent.SessionFailed(Instant.now(), caller.connection(), facts, sentence));
  }

  /**
   * The client's agent for logging in to a target. The channel to it is opened when it is needed.
   */
  Supplier<Optional<SshAgent>> agent(SessionRequests requests) {
    return () -> {
      // Evaluated again: the key may have lost this right since the prompt began.
      if (!requests.agent() || caller.forbids(Act.AGENT).isPresent()) {
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
   * Closes the channel, and waits until the client has closed its end. Stock clients discard output
   * that they have not shown when the connection ends, and it may end with this session.
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
   * Sends the status before the end of data, as sshd does: a client that has no more to send leaves
   * at the end of data.
   */
  private void exit(String request, byte[] arguments) throws IOException {
    client.sendRequest(request, false, arguments);
    client.sendEndOfData();
    client.close(false);
  }

  /** Ends the session with the exit status or signal of the target's session. */
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

  /**
   * Shows the user why the session ends, and ends it. Waits only briefly for a client that does not
   * read.
   */
  void dismiss(String sentence) throws IOException, InterruptedException {
    dismiss(sentence, EXIT_FAILED);
  }

  /** As {@link #dismiss(String)}, with another exit status. */
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
