package dev.sallyport.forward;

import dev.sallyport.memory.MemoryShare;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The client's end of a forward: what it sends, and what it may be sent, with back-pressure both
 * ways. The connection's reading thread calls what says so; one thread takes and one sends, and
 * both wait.
 */
final class ClientEnd {
  /**
   * Where the payload of SSH_MSG_CHANNEL_DATA begins in a packet: frame, command, recipient,
   * length.
   */
  static final int PAYLOAD = 5 + 1 + 4 + 4;

  /** Room behind the payload for padding, MAC and tag under every cipher. */
  private static final int TRAILER = 128;

  private final ForwardChannel channel;
  private final SendWindow room = new SendWindow();
  private final ReceiveQueue received;
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private volatile int packetSize = ForwardWindow.PACKET;
  private volatile long lastActivity;

  ClientEnd(ForwardChannel channel, MemoryShare memory) {
    this.channel = channel;
    this.received = new ReceiveQueue(memory);
  }

  // ---- the connection's reading thread ----

  /** What the client's request for the channel promised. */
  void promised(long window, int largestPacket) {
    room.expand(window);
    packetSize = largestPacket;
  }

  /** The client takes more (RFC 4254, section 5.2). */
  void expand(long bytes) {
    room.expand(bytes);
  }

  /**
   * The client sent this.
   *
   * @throws ProtocolException when it may not
   */
  void put(Buffer data) throws ProtocolException {
    long count = data.getUInt();
    if (count > ForwardWindow.PACKET || count > data.available()) {
      throw new ProtocolException("data of " + count + " bytes in one packet");
    }
    received.put(data.array(), data.rpos(), (int) count);
  }

  /** The client sends no more; what it sent can still be taken. Any thread. */
  void endOfInput() {
    received.end();
  }

  /** The client is sent no more; wakes who waits to send. Any thread. */
  void endOfOutput() {
    room.close();
  }

  // ---- who takes ----

  /** Waits for bytes; see {@link ReceiveQueue#next}. */
  ByteBuffer next() throws InterruptedException {
    return received.next();
  }

  /** Says that so many went on, and lets the client send as many more. */
  void taken(int count) throws IOException {
    bytesReceived.add(count);
    active();
    int adjustment = received.taken(count);
    if (adjustment > 0 && !channel.isClosing()) {
      Session session = channel.getSession();
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST);
      packet.putUInt(channel.getRecipient());
      packet.putUInt(adjustment);
      session.writePacket(packet);
    }
  }

  /** Whether the client sends no more and everything was taken. */
  boolean isDrained() {
    return received.isDrained();
  }

  // ---- who sends ----

  /**
   * Waits until the client takes something.
   *
   * @return bytes at most of the next packet; 0 when it takes no more
   */
  int awaitRoom() throws InterruptedException {
    return room.await(packetSize);
  }

  /** A packet whose payload begins at {@link #PAYLOAD}. */
  Buffer newPacket() {
    return channel
        .getSession()
        .createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, PAYLOAD + ForwardWindow.PACKET + TRAILER);
  }

  /**
   * Sends the packet's payload of {@code count} bytes, for which there is room.
   *
   * @return the packet to fill next: the library frames and encrypts in place, so one that is
   *     written can be filled again
   */
  Buffer send(Buffer packet, int count) throws IOException {
    room.consume(count);
    Session session = channel.getSession();
    session.prepareBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, packet);
    packet.putUInt(channel.getRecipient());
    packet.putUInt(count);
    packet.wpos(PAYLOAD + count);
    IoWriteFuture written = session.writePacket(packet);
    bytesSent.add(count);
    active();
    return written.isWritten() ? packet : newPacket();
  }

  /** Tells the client that nothing follows. */
  void sendEnd() throws IOException {
    channel.sendEnd();
  }

  // ---- facts ----

  /** Something happens now. */
  void active() {
    lastActivity = System.nanoTime();
  }

  /** When a byte last went either way, as {@link System#nanoTime} has it. */
  long lastActivity() {
    return lastActivity;
  }

  long bytesReceived() {
    return bytesReceived.sum();
  }

  long bytesSent() {
    return bytesSent.sum();
  }

  /** Gives the memory back. Called once. */
  void close() {
    received.close();
  }
}
