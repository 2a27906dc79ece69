package dev.sallyport.gateway.relay;

import dev.sallyport.recording.RecordingException;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the client's end of a session to the target's, after the session has started: everything
 * that passes is first recorded and then sent on. Two threads, one for each direction; each waits
 * for the end that it sends to, and so for nothing that it could make grow.
 */
@SuppressWarnings("ArrayRecordComponent") // as Message
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Requests of a running session that go on to the target (RFC 4254, sections 6.7 and 6.9). */
  private static final String RESIZE = "window-change";

  private static final String SIGNAL = "signal";

  /** RFC 4335. */
  private static final String BREAK = "break";

  /** The client's output is closed (OpenSSH's PROTOCOL, section 2.1). */
  private static final String END_OF_WRITE = "eow@openssh.com";

  /**
   * How long the target's end of data waits for its exit status and its close, which sshd sends
   * with it. A client that has no more to send leaves at the end of data and never hears the status
   * if that comes later. A program that closes its output and goes on is the exception.
   */
  private static final Duration STATUS_FOLLOWS = Duration.ofSeconds(1);

  /** How long a target may go on sending what its client does not take any more. */
  private static final Duration STOPS_SENDING = Duration.ofSeconds(5);

  /** How long a session that is held up may not notice that it is over. */
  private static final Duration LOOK_UP = Duration.ofSeconds(1);

  static final String CLIENT_LEFT = "the client left";

  /** Why a session ends when the fault is ours. */
  static final String FAULT = "the bastion failed, as its own log says";

  private final RelayEnd client;
  private final RelayEnd target;
  private final SessionTap tap;
  private final FileEvents events;
  private final ClientAfter after;
  private final SessionRequests requests;
  private final Parting parting;
  private final Supplier<Optional<String>> targetLost;
  private Optional<Integer> exitStatus = Optional.empty();
  private Optional<String> exitSignal = Optional.empty();
  private byte[] signalRequest = {};
  private long bytesFromTarget;

  /** Written by the thread that carries up; read by the other when that one has ended. */
  private long bytesToTarget;

  /** Likewise. */
  private Optional<Pty.Size> resized = Optional.empty();

  /** Why the bastion ends it, if it does. */
  private final AtomicReference<@Nullable String> ending = new AtomicReference<>();

  private volatile Optional<String> clientLeft = Optional.empty();

  /** When the client said that it takes no more output, as {@link System#nanoTime}. */
  private volatile Optional<Long> unread = Optional.empty();

  /** No message of the target's follows. */
  private final CountDownLatch targetEnded = new CountDownLatch(1);

  /** What becomes of the client's channel when the target's is closed. */
  enum ClientAfter {
    /** It ends too, and so the target's end of data is passed on. */
    ENDS,
    /** It goes back to the prompt. */
    STAYS
  }

  /**
   * How a session ended.
   *
   * @param signalRequest the arguments of the target's {@code exit-signal}, to pass on
   * @param resized the size of the client's window, if it has changed
   * @param words what the user cannot know: why the bastion ended it, because it could not be
   *     recorded or was allowed no more, or something was wrong; or that the target is gone
   */
  record Ended(
      Optional<Integer> exitStatus,
      Optional<String> exitSignal,
      byte[] signalRequest,
      long bytesToTarget,
      long bytesFromTarget,
      String reason,
      Optional<Pty.Size> resized,
      Optional<String> words) {
    /** Before anything passed. */
    static Ended unanswered(String reason) {
      return new Ended(
          Optional.empty(),
          Optional.empty(),
          new byte[0],
          0,
          0,
          reason,
          Optional.empty(),
          Optional.of(reason));
    }
  }

  /**
   * @param requests with what the client sent already
   * @param parting to begin with when the session ends here
   * @param targetLost why there is no connection to the target any more, if there is none
   */
  Relay(
      RelayEnd client,
      RelayEnd target,
      SessionTap tap,
      FileEvents events,
      ClientAfter after,
      SessionRequests requests,
      Parting parting,
      Supplier<Optional<String>> targetLost) {
    this.client = client;
    this.target = target;
    this.tap = tap;
    this.events = events;
    this.after = after;
    this.requests = requests;
    this.parting = parting;
    this.targetLost = targetLost;
  }

  /** Joins the two until the session is over, on the calling thread and one of its own. */
  Ended join() throws InterruptedException {
    client.giveTo(Taker.RELAY);
    Thread up = Thread.ofVirtual().name("relay-up").start(this::carryUp);
    try {
      carryDown();
    } finally {
      targetEnded.countDown();
      parting.closeTarget();
      client.giveTo(Taker.PROMPT);
      up.join();
    }
    Optional<String> byBastion = Optional.ofNullable(ending.get());
    Optional<String> lost =
        exitStatus.isPresent() || exitSignal.isPresent() || clientLeft.isPresent()
            ? Optional.empty()
            : targetLost.get();
    return new Ended(
        exitStatus,
        exitSignal,
        signalRequest,
        bytesToTarget,
        bytesFromTarget,
        byBastion.or(() -> clientLeft).or(() -> lost).orElse("the target ended it"),
        resized,
        byBastion.map(why -> why + "; the session has ended").or(() -> lost));
  }

  /**
   * Ends it for the bastion's own reasons: nothing passes any more, not even what waits here
   * already. Any thread; never waits; the first reason is the true one.
   */
  void end(String why) {
    if (ending.compareAndSet(null, why)) {
      parting.begin();
    }
  }

  private boolean isEnding() {
    return ending.get() != null;
  }

  /** A fault of ours must neither be told as somebody's wish to leave, nor go unseen. */
  private void failed(RuntimeException fault) {
    LOG.error("a session failed inside the bastion", fault);
    end(FAULT);
  }

  // ---- from the target to the client ----

  private void carryDown() throws InterruptedException {
    try {
      for (Message message = target.take(Taker.RELAY);
          !(message instanceof Message.Closed);
          message = target.take(Taker.RELAY)) {
        toClient(message);
      }
    } catch (RecordingException | ProtocolException e) {
      end(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      // Nobody else: a target that leaves has sent its last when it has no more to take.
      LOG.debug("the client left a session", e);
      clientLeft = Optional.of(CLIENT_LEFT);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void toClient(Message message)
      throws IOException, InterruptedException, RecordingException {
    switch (message) {
      case Message.Data data when unread.isPresent() -> drop(data, unread.get());
      case Message.Data data -> {
        tap.fromTarget(data);
        keepPace();
        send(data);
        target.taken(data);
        bytesFromTarget += data.count();
      }
      case Message.Eof end -> {
        if (after == ClientAfter.ENDS) {
          Thread.ofVirtual().name("end-of-data").start(this::endDataUnlessStatusFollows);
        }
      }
      case Message.Request request -> fromTarget(request);
      case Message.Reply unasked -> {}
      case Message.Closed closed -> {}
    }
  }

  /** A client that takes no more may give no more room either. */
  private void send(Message.Data data) throws IOException, InterruptedException {
    try {
      client.sendData(
          data.stream(), data.bytes(), 0, data.count(), () -> isEnding() || unread.isPresent());
    } catch (IOException e) {
      if (unread.isEmpty()) {
        throw e;
      }
    }
  }

  /** Does not pass, and so is in no record. A target that never stops is not waited for. */
  private void drop(Message.Data data, long since) {
    target.taken(data);
    if (System.nanoTime() - since > STOPS_SENDING.toNanos()) {
      parting.closeTarget();
    }
  }

  /** Whoever ends the client's channel sends the end of data with the exit status. */
  private void endDataUnlessStatusFollows() {
    try {
      if (!targetEnded.await(STATUS_FOLLOWS.toNanos(), TimeUnit.NANOSECONDS)) {
        client.sendEndOfData();
      }
    } catch (IOException e) {
      LOG.debug("the client left a session", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fromTarget(Message.Request request) throws IOException {
    try {
      Buffer arguments = new ByteArrayBuffer(request.arguments());
      switch (request.type()) {
        case "exit-status" -> exitStatus = Optional.of(arguments.getInt());
        case "exit-signal" -> {
          exitSignal = Optional.of(Passing.signalName(arguments));
          signalRequest = Passing.exitSignal(request.arguments());
        }
        // RFC 4254, section 6.8, and OpenSSH's PROTOCOL 2.1: the client's own end of it.
        case "xon-xoff" -> toClient(request.type(), Passing.flowControl(request.arguments()));
        case END_OF_WRITE -> toClient(request.type(), new byte[0]);
        default -> {}
      }
      if (request.wantReply()) {
        target.sendReply(false);
      }
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed " + request.type() + " from the target");
    }
  }

  private void toClient(String type, byte[] arguments) throws IOException {
    if (after == ClientAfter.ENDS) {
      client.sendRequest(type, false, arguments);
    }
  }

  // ---- from the client to the target ----

  private void carryUp() {
    try {
      // In this order: what the client sent before its start, and that it sends no more.
      for (Message.Data early : requests.early()) {
        toTarget(early);
        client.taken(early);
      }
      byte[] typed = requests.typedAhead();
      if (typed.length > 0) {
        toTarget(new Message.Data(Message.Stream.DATA, typed, typed.length));
      }
      if (requests.ended()) {
        target.sendEndOfData();
      }
      while (!isEnding()) {
        switch (client.take(Taker.RELAY)) {
          case Message.Data data -> {
            toTarget(data);
            client.taken(data);
          }
          case Message.Eof end -> target.sendEndOfData();
          case Message.Request request -> fromClient(request);
          case Message.Reply unasked -> {}
          case Message.Closed closed -> {
            return;
          }
        }
      }
    } catch (RecordingException | ProtocolException e) {
      end(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.debug("the target left a session", e);
    } catch (RuntimeException e) {
      failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (client.isClosing()) {
        clientLeft = Optional.of("the client closed it");
        parting.begin();
      }
      parting.closeTarget();
    }
  }

  private void toTarget(Message.Data data)
      throws IOException, InterruptedException, RecordingException {
    if (!awaitRoom()) {
      // One of the two is leaving: nobody will answer what was held back, nor understand it.
      return;
    }
    tap.toTarget(data);
    keepPace();
    target.sendData(Message.Stream.DATA, data.bytes(), 0, data.count());
    bytesToTarget += data.count();
  }

  /** Waits for the target's answers, but not longer than both are there to wait for. */
  private boolean awaitRoom() throws InterruptedException {
    boolean room = tap.awaitRoom(LOOK_UP);
    while (!room && !client.isClosing() && !target.isClosing()) {
      room = tap.awaitRoom(LOOK_UP);
    }
    return room;
  }

  /** Waits for the audit log, but not longer than both are there to wait for. */
  private void keepPace() throws InterruptedException {
    for (long left = events.tooFast();
        left > 0 && !client.isClosing() && !target.isClosing();
        left = events.tooFast()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK_UP.toNanos()));
    }
  }

  private void fromClient(Message.Request request)
      throws IOException, InterruptedException, RecordingException {
    Optional<byte[]> passing =
        switch (request.type()) {
          case RESIZE -> {
            Pty.Size size = Pty.resized(request.arguments());
            tap.resized(size);
            resized = Optional.of(size);
            if (!requests.hasTerminal()) {
              // There is no cast that would have it.
              events.requested(RESIZE, size.shown(), true);
            }
            yield Optional.of(size.arguments());
          }
          case SIGNAL -> {
            Optional<byte[]> signal = Passing.signal(request.arguments());
            recordRequest(SIGNAL, Passing.sentName(request.arguments()), signal.isPresent());
            yield signal;
          }
          case BREAK -> {
            byte[] duration = Passing.duration(request.arguments());
            recordRequest(BREAK, Passing.milliseconds(duration) + " ms", true);
            yield Optional.of(duration);
          }
          case END_OF_WRITE -> {
            unread = Optional.of(System.nanoTime());
            client.wakeSender();
            yield Optional.of(new byte[0]);
          }
          default -> Optional.empty();
        };
    keepPace();
    if (passing.isPresent()) {
      // Without a reply: what the target says to it changes nothing for the client.
      target.sendRequest(request.type(), false, passing.get());
    }
    if (request.wantReply()) {
      client.sendReply(passing.isPresent());
    }
  }

  /** Also what the target is not asked for, because no signal has that name. */
  private void recordRequest(String type, String detail, boolean passes) throws RecordingException {
    events.requested(type, detail, passes);
    tap.asked(type + " " + detail + (passes ? "" : " (refused)"));
  }
}
