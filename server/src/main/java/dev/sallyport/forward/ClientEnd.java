package dev.sallyport.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.AbstractChannel;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The client's end of a forward: what it sends, and what it may be sent, with back-pressure both
 * ways. One thread takes and one sends, and both wait.
 */
public abstract class ClientEnd {
  /**
   * Where the payload of SSH_MSG_CHANNEL_DATA begins in a packet: frame, command, recipient,
   * length.
   */
  static final int PAYLOAD = 5 + 1 + 4 + 4;

  /** Room behind the payload for padding, MAC and tag under every cipher. */
  private static final int TRAILER = 128;

  private final AbstractChannel channel;
  private final SendWindow room;
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private volatile int packetSize;
  private volatile long lastActivity;
  private volatile boolean outputEnded;

  /**
   * @param channel that carries it
   * @param room what the client takes
   * @param packetSize largest payload of one packet to the client, in bytes; at most {@link
   *     ForwardWindow#PACKET}
   */
  protected ClientEnd(AbstractChannel channel, SendWindow room, int packetSize) {
    this.channel = channel;
    this.room = room;
    this.packetSize = packetSize;
  }

  // ---- what the client sends ----

  /** Waits for bytes; see {@link ReceiveQueue#next}. */
  protected abstract ByteBuffer next() throws InterruptedException;

  /** So many of the bytes went on: lets the client send as many more. */
  protected abstract void accept(int count) throws IOException;

  /** Whether the client sends no more and everything was taken. */
  protected abstract boolean isDrained();

  /** The client sends no more; what it sent can still be taken. Any thread; never waits. */
  protected abstract void endOfInput();

  /** Bytes of memory for the window that are not reserved before the forward is granted. */
  protected abstract int unreserved();

  /** Gives back what is reserved for the window, but for what was reserved before. Called once. */
  protected abstract void close();

  /** Says that so many went on, and lets the client send as many more. */
  final void taken(int count) throws IOException {
    bytesReceived.add(count);
    active();
    accept(count);
  }

  // ---- what the client is sent ----

  /** Tells the client that nothing follows. */
  protected abstract void sendEnd() throws IOException;

  /** Another largest payload of one packet to the client. */
  protected final void packetSize(int bytes) {
    packetSize = bytes;
  }

  /** The client is sent no more; wakes who waits to send. Any thread. */
  protected final void endOfOutput() {
    outputEnded = true;
    room.wake();
  }

  /**
   * Waits until the client takes something.
   *
   * @return bytes at most of the next packet; 0 when it takes no more
   */
  final int awaitRoom() throws InterruptedException {
    return room.await(packetSize, this::hasOutputEnded);
  }

  private boolean hasOutputEnded() {
    return outputEnded;
  }

  /** A packet whose payload begins at {@link #PAYLOAD}. */
  final Buffer newPacket() {
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
  final Buffer send(Buffer packet, int count) throws IOException {
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

  // ---- facts ----

  /** Something happens now. */
  final void active() {
    lastActivity = System.nanoTime();
  }

  /** When a byte last went either way, as {@link System#nanoTime} has it. */
  final long lastActivity() {
    return lastActivity;
  }

  final long bytesReceived() {
    return bytesReceived.sum();
  }

  final long bytesSent() {
    return bytesSent.sum();
  }
}
