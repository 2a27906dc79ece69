package dev.sallyport.forward;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.ReceiveQueue;
import dev.sallyport.channel.SendWindow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.AbstractChannel;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The client's end of a forward, with back-pressure in both directions. One thread takes the
 * client's data and another sends to the client; both wait.
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

  /** Held while a packet is sent, so that none follows SSH_MSG_CHANNEL_CLOSE. */
  private final ReentrantLock sending = new ReentrantLock();

  private boolean closes;

  /**
   * @param channel that carries the forward
   * @param room the window for data to the client
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

  /** Opens the client's window by the bytes that were carried on. */
  protected abstract void accept(int count) throws IOException;

  /** Whether the client has ended its data and all of it was taken. */
  protected abstract boolean isDrained();

  /** Ends the client's data; what it sent can still be taken. Any thread; never waits. */
  protected abstract void endOfInput();

  /** Bytes of memory for the window that are not reserved before the forward is granted. */
  protected abstract int unreserved();

  /** Releases the window's memory, except what was reserved before the grant. Called once. */
  protected abstract void close();

  /** Reports that bytes were carried on, and opens the client's window by as many. */
  final void taken(int count) throws IOException {
    bytesReceived.add(count);
    active();
    accept(count);
  }

  // ---- what the client is sent ----

  /** Sends the end of data. */
  protected abstract void sendEnd() throws IOException;

  /** Changes the largest payload of a packet to the client. */
  protected final void packetSize(int bytes) {
    packetSize = bytes;
  }

  /** Ends the data to the client, and wakes a sender that waits. Any thread. */
  protected final void endOfOutput() {
    outputEnded = true;
    room.wake();
  }

  /**
   * Waits for the client's window.
   *
   * @return the largest payload of the next packet; 0 when nothing may be sent any more
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
   * Sends the packet's payload of {@code count} bytes, which fit into the window.
   *
   * @return the packet to fill next. It may be the same one: the library frames and encrypts in
   *     place, and has written it
   */
  final Buffer send(Buffer packet, int count) throws IOException {
    room.consume(count);
    sending.lock();
    try {
      if (closes) {
        return packet;
      }
      Session session = channel.getSession();
      session.prepareBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, packet);
      packet.putUInt(channel.getRecipient());
      packet.putUInt(count);
      packet.wpos(PAYLOAD + count);
      IoWriteFuture written = session.writePacket(packet);
      bytesSent.add(count);
      active();
      return written.isWritten() ? packet : newPacket();
    } finally {
      sending.unlock();
    }
  }

  /**
   * Ends the data to the client, and waits until the packet that is being sent is written.
   * OpenSSH's client ends its whole connection when data follows the close of a channel. Not for
   * the thread that reads the connection: a packet may wait for a key exchange.
   */
  final void awaitLastPacket() {
    endOfOutput();
    sending.lock();
    try {
      closes = true;
    } finally {
      sending.unlock();
    }
  }

  // ---- facts ----

  /** Marks the forward as active now. */
  final void active() {
    lastActivity = System.nanoTime();
  }

  /** When a byte was last carried in either direction, by {@link System#nanoTime}. */
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
