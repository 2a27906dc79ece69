package dev.sallyport.gateway.relay;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.Refusal;
import dev.sallyport.channel.SendWindow;
import dev.sallyport.gateway.relay.Message.Stream;
import dev.sallyport.memory.MemoryShare;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.AbstractChannel;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a relay, where the library's channels run a shell or queue without bound: a channel of
 * the client's connection or of the bastion's own connection to a target (RFC 4254, section 5),
 * opened by the peer or by us. The thread that reads the connection calls the {@code handle…}
 * methods, which never wait. The relay's threads call {@link #take} and {@code send…}, which wait
 * for the peer.
 */
final class RelayEnd extends AbstractChannel {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Longest text of a refusal that is passed on. */
  private static final int LONGEST_TEXT = 500;

  /** Longest name of a request, in characters (RFC 4250, section 4.6.1); bounds memory. */
  private static final int LONGEST_NAME = 64;

  /**
   * How long a peer may take to answer. Without it, a silent peer would keep a thread and a
   * recording for ever.
   */
  static final Duration ANSWER = Duration.ofSeconds(30);

  private final MemoryShare memory;
  private final Inbox inbox;
  private final SendWindow window = new SendWindow();
  private final CompletableFuture<Opening> opening = new CompletableFuture<>();
  private final Consumer<Buffer> whenOpenedByPeer;
  private final Runnable whenOver;
  private int peerPacket = ForwardWindow.PACKET;
  private final AtomicBoolean endSent = new AtomicBoolean();
  private final boolean ours;

  /** The peer has ended its data. */
  private volatile boolean endReceived;

  /** Whether the peer still waits for an exit status when both sides have ended their data. */
  private volatile boolean statusFollows;

  private final AtomicReference<PeersClose> peersClose = new AtomicReference<>(PeersClose.AWAITED);

  /** What has become of the peer's message that closes the channel. */
  private enum PeersClose {
    AWAITED,
    /** It has come, and is answered when the session has ended. */
    KEPT,
    /** We have begun to close the channel. */
    NOT_KEPT
  }

  /** Whether the peer has answered our SSH_MSG_CHANNEL_OPEN. */
  private final AtomicBoolean answered = new AtomicBoolean();

  private volatile Stream words = Stream.ERRORS;
  private volatile String lineEnd = "\n";

  /** The number of writes in progress. */
  private final AtomicInteger writes = new AtomicInteger();

  /** The peer's answer to our SSH_MSG_CHANNEL_OPEN. */
  sealed interface Opening {
    record Opened() implements Opening {}

    /**
     * SSH_MSG_CHANNEL_OPEN_FAILURE.
     *
     * @param code the reason code (RFC 4254, section 5.1)
     */
    record Refused(int code, String text) implements Opening {}
  }

  /**
   * @param ours whether the bastion opens the channel
   * @param memory the user's share, for received data; the channel is refused when it is used up
   * @param largestWindow bytes that the peer may send at most before something is taken
   * @param whenOpenedByPeer called on the reading thread when the peer opens the channel, with the
   *     data specific to its type; must not wait
   * @param whenOver called once, when the library has removed the channel
   */
  RelayEnd(
      boolean ours,
      MemoryShare memory,
      int largestWindow,
      Consumer<Buffer> whenOpenedByPeer,
      Runnable whenOver) {
    super("", ours, List.of(), null);
    this.ours = ours;
    this.memory = memory;
    this.inbox = new Inbox(memory, largestWindow);
    this.whenOpenedByPeer = whenOpenedByPeer;
    this.whenOver = whenOver;
  }

  // ---- open ----

  /**
   * Opens the channel on a connection, and waits for the answer.
   *
   * @param arguments writes the data specific to the type of channel
   * @throws IOException when the connection ends
   */
  Opening openOn(Session session, String type, Consumer<Buffer> arguments)
      throws IOException, InterruptedException {
    if (!inbox.open()) {
      return new Opening.Refused(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, memory.refusal());
    }
    try {
      session.getService(ConnectionService.class).registerChannel(this);
    } catch (IllegalStateException closing) {
      throw new IOException("the connection has ended", closing);
    }
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN);
    packet.putString(type);
    packet.putUInt(getChannelId());
    packet.putUInt(ForwardWindow.FIRST);
    packet.putUInt(ForwardWindow.PACKET);
    arguments.accept(packet);
    write(packet);
    try {
      return opening.get(ANSWER.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it was not answered within " + ANSWER.toSeconds() + " s", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("the connection ended before the channel was open", e.getCause());
    }
  }

  @Override
  public OpenFuture open(long recipient, long room, long packetSize, Buffer buffer) {
    setRecipient(recipient);
    getRemoteWindow().init(room, packetSize, getSession());
    window.expand(room);
    peerPacket = (int) Math.min(ForwardWindow.PACKET, packetSize);
    if (inbox.open()) {
      boolean begun = false;
      try {
        whenOpenedByPeer.accept(buffer);
        begun = true;
      } finally {
        if (!begun) {
          // The opening was malformed, so nothing else will release the memory.
          inbox.close();
        }
      }
    } else {
      refuse(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, memory.refusal());
    }
    // Never completed: the library would answer a failure with a text of its own.
    return new DefaultOpenFuture(this, futureLock);
  }

  /** Confirms a channel that the peer opened. */
  void confirm() {
    signalChannelOpenSuccess();
  }

  /** Refuses a channel that the peer opened. */
  void refuse(int code, String text) {
    try {
      Refusal.send(getSession(), getRecipient(), code, text);
    } catch (IOException peerHasLeft) {
      LOG.debug("a peer left before its channel was refused", peerHasLeft);
    }
    close(true);
  }

  /** Accepts one answer to our own opening. Any other answer is a protocol error. */
  private void checkAsked() throws ProtocolException {
    if (!ours || !answered.compareAndSet(false, true)) {
      throw new ProtocolException("an answer to a channel open that was not sent");
    }
  }

  @Override
  public void handleOpenSuccess(long recipient, long room, long packetSize, Buffer buffer)
      throws IOException {
    checkAsked();
    if (packetSize == 0) {
      throw new ProtocolException("takes packets of 0 bytes");
    }
    setRecipient(recipient);
    getRemoteWindow().init(room, packetSize, getSession());
    window.expand(room);
    peerPacket = (int) Math.min(ForwardWindow.PACKET, packetSize);
    signalChannelOpenSuccess();
    opening.complete(new Opening.Opened());
  }

  @Override
  public void handleOpenFailure(Buffer buffer) throws IOException {
    checkAsked();
    int code = buffer.getInt();
    String text = buffer.getString();
    opening.complete(
        new Opening.Refused(code, text.substring(0, Math.min(text.length(), LONGEST_TEXT))));
    close(true);
  }

  // ---- receive ----

  /** Waits for the next message for {@code taker}. */
  Message take(Taker taker) throws InterruptedException {
    return inbox.take(taker);
  }

  /** Waits for the next reply to a request of ours; empty when none will come. */
  Optional<Message.Reply> takeReply() throws InterruptedException {
    return inbox.takeReply();
  }

  /**
   * Reserves memory for received data that the caller keeps, until {@link #release}.
   *
   * @throws NoMemoryException when there is none
   */
  void keep(long bytes) throws NoMemoryException {
    inbox.keep(bytes);
  }

  /** Ends the input: what waits can still be taken, and then {@link Message.Closed}. */
  void endInput() {
    inbox.end();
  }

  /** The window for data to the peer. */
  SendWindow window() {
    return window;
  }

  /** Largest payload of one packet to the peer, in bytes. */
  int peerPacket() {
    return peerPacket;
  }

  /** Gives the input to the taker from now on. */
  void giveTo(Taker taker) {
    inbox.giveTo(taker);
  }

  /**
   * Reports that data has been sent on to the other end, so that the peer may send more. Does
   * nothing when the peer has left: what it sent before can still be taken.
   */
  void taken(Message.Data data) {
    taken(data.count());
  }

  /** The same for a number of bytes. */
  void taken(int count) {
    int adjustment = inbox.taken(count);
    if (adjustment > 0 && !isClosing()) {
      try {
        sendWindowAdjust(adjustment);
      } catch (IOException e) {
        LOG.debug("a peer left that was given room", e);
      }
    }
  }

  @Override
  public void handleData(Buffer buffer) throws IOException {
    receive(Stream.DATA, buffer);
  }

  @Override
  public void handleExtendedData(Buffer buffer) throws IOException {
    int type = buffer.getInt();
    if (type != SshConstants.SSH_EXTENDED_DATA_STDERR) {
      throw new ProtocolException("extended data of type " + type);
    }
    receive(Stream.ERRORS, buffer);
  }

  private void receive(Stream stream, Buffer buffer) throws IOException {
    long count = buffer.getUInt();
    if (count > ForwardWindow.PACKET || count > buffer.available()) {
      throw new ProtocolException("data of " + count + " bytes in one packet");
    }
    inbox.put(stream, buffer.array(), buffer.rpos(), (int) count);
  }

  @Override
  public void handleWindowAdjust(Buffer buffer) {
    window.expand(buffer.getUInt());
  }

  @Override
  public void handleRequest(Buffer buffer) throws IOException {
    if (buffer.available() > Inbox.LONGEST_REQUEST) {
      throw new ProtocolException("a request of " + buffer.available() + " bytes");
    }
    String type = buffer.getString();
    if (type.length() > LONGEST_NAME) {
      throw new ProtocolException("a request with a name of " + type.length() + " characters");
    }
    boolean wantReply = buffer.getBoolean();
    byte[] arguments = new byte[buffer.available()];
    buffer.getRawBytes(arguments);
    inbox.put(new Message.Request(type, wantReply, arguments));
  }

  @Override
  public void handleSuccess() throws IOException {
    inbox.put(new Message.Reply(true));
  }

  @Override
  public void handleFailure() throws IOException {
    inbox.put(new Message.Reply(false));
  }

  @Override
  public void handleEof() throws IOException {
    endReceived = true;
    super.handleEof();
    inbox.putEof();
  }

  // ---- send ----

  /**
   * Sends data in packets that the peer accepts, and waits for its window.
   *
   * @throws IOException when the channel is closed
   */
  void sendData(Stream stream, byte[] bytes, int offset, int count)
      throws IOException, InterruptedException {
    sendData(stream, bytes, offset, count, () -> false);
  }

  /**
   * As {@link #sendData(Stream, byte[], int, int)}, for callers that may give up while they wait.
   *
   * @param givenUp evaluated after each {@link #wakeSender}; must not wait
   */
  void sendData(Stream stream, byte[] bytes, int offset, int count, BooleanSupplier givenUp)
      throws IOException, InterruptedException {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      int some = window.await(Math.min(end - at, peerPacket), givenUp);
      if (some == 0) {
        throw new IOException("the channel is closed, or nobody waits any more");
      }
      window.consume(some);
      Buffer packet =
          getSession()
              .createBuffer(
                  stream == Stream.DATA
                      ? SshConstants.SSH_MSG_CHANNEL_DATA
                      : SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA,
                  some + 256);
      packet.putUInt(getRecipient());
      if (stream == Stream.ERRORS) {
        packet.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
      }
      packet.putBytes(bytes, at, some);
      write(packet);
      at += some;
    }
  }

  /** Wakes a sender that waits, so that it checks whether to give up. */
  void wakeSender() {
    window.wake();
  }

  /**
   * Writes messages for the user to the standard output from now on. Clients write the two streams
   * independently, so a message on standard error could appear after the prompt that follows it.
   */
  void wordsGoWithOutput() {
    words = Stream.DATA;
  }

  /** Shows a message to the user, with a line end that also suits a terminal in raw mode. */
  void say(String sentence) throws IOException, InterruptedException {
    say(sentence, () -> false);
  }

  /** The same, for callers that may give up while they wait. */
  void say(String sentence, BooleanSupplier givenUp) throws IOException, InterruptedException {
    byte[] text = ("sallyport: " + sentence + "\r\n").getBytes(StandardCharsets.UTF_8);
    sendData(words, text, 0, text.length, givenUp);
  }

  /** The client's terminal does not move to the first column at the end of a line. */
  void usesTerminal() {
    lineEnd = "\r\n";
  }

  /** Shows the user a text that a target sent for them, which is fit to be shown. */
  void show(String shown, BooleanSupplier givenUp) throws IOException, InterruptedException {
    byte[] text = shown.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
    sendData(words, text, 0, text.length, givenUp);
  }

  void sendRequest(String type, boolean wantReply, byte[] arguments) throws IOException {
    Buffer packet =
        getSession()
            .createBuffer(
                SshConstants.SSH_MSG_CHANNEL_REQUEST, arguments.length + type.length() + 64);
    packet.putUInt(getRecipient());
    packet.putString(type);
    packet.putBoolean(wantReply);
    packet.putRawBytes(arguments);
    writePacket(packet);
  }

  /** Answers a request. Does nothing when the peer has left. */
  void sendReply(boolean success) {
    Buffer packet =
        getSession()
            .createBuffer(
                success
                    ? SshConstants.SSH_MSG_CHANNEL_SUCCESS
                    : SshConstants.SSH_MSG_CHANNEL_FAILURE);
    packet.putUInt(getRecipient());
    try {
      writePacket(packet);
    } catch (IOException e) {
      LOG.debug("a peer left before it was answered", e);
    }
  }

  /** Sends the end of data, once. Any thread. */
  void sendEndOfData() throws IOException {
    if (!isClosing() && endSent.compareAndSet(false, true)) {
      var _ = counted(this::sendEof);
    }
  }

  /** A write, which waits while the peer does not read. */
  @FunctionalInterface
  private interface Write {
    IoWriteFuture run() throws IOException;
  }

  private IoWriteFuture counted(Write write) throws IOException {
    writes.incrementAndGet();
    try {
      return write.run();
    } finally {
      writes.decrementAndGet();
    }
  }

  @Override
  public IoWriteFuture writePacket(Buffer packet) throws IOException {
    return counted(() -> super.writePacket(packet));
  }

  /** Writes a packet also before the channel is open. Fails when the connection has ended. */
  private void write(Buffer packet) throws IOException {
    var _ = counted(() -> getSession().writePacket(packet));
  }

  /** Whether a write is in progress. One that lasts means that the peer does not read. */
  boolean isWriting() {
    return writes.get() > 0;
  }

  // ---- close ----

  /**
   * From now on the peer's close waits until we close the channel, if it comes when both sides have
   * ended their data. A ControlMaster closes then, and still waits for the exit status of a program
   * that goes on (OpenSSH's mux.c). sshd, too, closes its side only when the program has ended.
   */
  void exitStatusFollows() {
    statusFollows = true;
  }

  @Override
  public void handleClose() throws IOException {
    boolean kept =
        statusFollows
            && endReceived
            && endSent.get()
            && peersClose.compareAndSet(PeersClose.AWAITED, PeersClose.KEPT);
    if (!kept) {
      super.handleClose();
    }
  }

  @Override
  protected void preClose() {
    if (peersClose.getAndSet(PeersClose.NOT_KEPT) == PeersClose.KEPT) {
      // The library closes the channel as soon as it has sent our own message.
      gracefulState.compareAndSet(GracefulState.Opened, GracefulState.CloseReceived);
    }
    window.close();
    inbox.end();
    opening.completeExceptionally(new IOException("closed"));
    super.preClose();
  }

  @Override
  public void handleChannelUnregistration(ConnectionService service) {
    super.handleChannelUnregistration(service);
    whenOver.run();
  }

  /** Releases the memory; the relay's last call. */
  void release() {
    inbox.close();
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
