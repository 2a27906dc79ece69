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
 * Joins the client's end of a session to the target's, after the session has started. Everything is
 * recorded before it is sent on. One thread for each direction; it waits for the end that it sends
 * to, so that no queue grows.
 */
@SuppressWarnings("ArrayRecordComponent") // as Message
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /**
   * Requests of a running session that are passed on to the target (RFC 4254, sections 6.7 and
   * 6.9).
   */
  private static final String RESIZE = "window-change";

  private static final String SIGNAL = "signal";

  /** RFC 4335. */
  private static final String BREAK = "break";

  /** The client does not read the output any more (OpenSSH's PROTOCOL, section 2.1). */
  private static final String END_OF_WRITE = "eow@openssh.com";

  /**
   * How long the target's end of data is held back for the exit status and the close, which sshd
   * sends right after it. A client that has no more to send leaves at the end of data, and would
   * miss a later status. Only a program that closes its output and continues makes this timeout
   * expire.
   */
  private static final Duration STATUS_FOLLOWS = Duration.ofSeconds(1);

  /** How long a target may continue to send output that its client does not read any more. */
  private static final Duration STOPS_SENDING = Duration.ofSeconds(5);

  /** How often a session that waits checks whether it has ended. */
  private static final Duration LOOK_UP = Duration.ofSeconds(1);

  static final String CLIENT_LEFT = "the client left";

  /** Why a session ends after an internal error. */
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

  /** Written by the thread that carries to the target, and read after it has ended. */
  private long bytesToTarget;

  /** Likewise. */
  private Optional<Pty.Size> resized = Optional.empty();

  /** Why the bastion ends the session, if it does. */
  private final AtomicReference<@Nullable String> ending = new AtomicReference<>();

  private volatile Optional<String> clientLeft = Optional.empty();

  /** When the client said that it does not read the output any more, by {@link System#nanoTime}. */
  private volatile Optional<Long> unread = Optional.empty();

  /** Released after the target's last message. */
  private final CountDownLatch targetEnded = new CountDownLatch(1);

  /** What happens to the client's channel when the target's is closed. */
  enum ClientAfter {
    /** It is closed too, so the target's end of data is passed on. */
    ENDS,
    /** It returns to the prompt. */
    STAYS
  }

  /**
   * How a session ended.
   *
   * @param signalRequest the arguments of the target's {@code exit-signal}, which are passed on
   * @param resized the size of the client's window, if it has changed
   * @param words a sentence for the user when the session ended abnormally: why the bastion ended
   *     it, or that the connection to the target was lost
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
    /** A session that ended before any data passed. */
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
   * @param requests the client's requests and early data
   * @param parting started when the session ends here
   * @param targetLost why the connection to the target was lost, if it was
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

  /** Carries until the session has ended, on the calling thread and a second one. */
  Ended join() throws InterruptedException {
    client.giveTo(Taker.RELAY);
    if (after == ClientAfter.ENDS) {
      client.exitStatusFollows();
    }
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
   * Ends the session from the bastion's side. Nothing passes any more, not even messages that wait
   * here. Any thread; never waits; only the first reason counts.
   */
  void end(String why) {
    if (ending.compareAndSet(null, why)) {
      parting.begin();
    }
  }

  private boolean isEnding() {
    return ending.get() != null;
  }

  /** Logs an internal error, and ends the session with it as the reason. */
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
      // Only the client can have left: the target's messages were all taken before its end.
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

  /** A client that no longer reads may not open its window either. */
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

  /**
   * Drops data that the client does not read, unrecorded. Ends the session if the target does not
   * stop in time.
   */
  private void drop(Message.Data data, long since) {
    target.taken(data);
    if (System.nanoTime() - since > STOPS_SENDING.toNanos()) {
      parting.closeTarget();
    }
  }

  /** Passes the end of data on, unless the exit status follows at once and closes the channel. */
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
        // These concern the client itself (RFC 4254, section 6.8; OpenSSH's PROTOCOL, section 2.1).
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
      // First the data that the client sent before the session started, then the end of data if it
      // sent that.
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
      // One of the two is leaving, so the data that was held back can neither be answered nor
      // observed.
      return;
    }
    tap.toTarget(data);
    keepPace();
    target.sendData(Message.Stream.DATA, data.bytes(), 0, data.count());
    bytesToTarget += data.count();
  }

  /** Waits until the observer has room for more. False when the session ends meanwhile. */
  private boolean awaitRoom() throws InterruptedException {
    boolean room = tap.awaitRoom(LOOK_UP);
    while (!room && !client.isClosing() && !target.isClosing()) {
      room = tap.awaitRoom(LOOK_UP);
    }
    return room;
  }

  /** Waits until the session's events are paid for, or the session ends. */
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
              // A session without a terminal has no cast that could record it.
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
      // No reply is wanted: the target's answer would not change anything for the client.
      target.sendRequest(request.type(), false, passing.get());
    }
    if (request.wantReply()) {
      client.sendReply(passing.isPresent());
    }
  }

  /** Logs the request, also when it is not passed on because no signal has that name. */
  private void recordRequest(String type, String detail, boolean passes) throws RecordingException {
    events.requested(type, detail, passes);
    tap.asked(type + " " + detail + (passes ? "" : " (refused)"));
  }
}
