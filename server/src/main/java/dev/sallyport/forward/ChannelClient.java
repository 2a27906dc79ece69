package dev.sallyport.forward;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.ReceiveQueue;
import dev.sallyport.channel.SendWindow;
import dev.sallyport.memory.MemoryShare;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/** The client's end of a {@code direct-tcpip} channel. */
final class ChannelClient extends ClientEnd {
  private final ForwardChannel channel;
  private final SendWindow room;
  private final ReceiveQueue received;

  ChannelClient(ForwardChannel channel, MemoryShare memory) {
    this(channel, memory, new SendWindow());
  }

  private ChannelClient(ForwardChannel channel, MemoryShare memory, SendWindow room) {
    super(channel, room, ForwardWindow.PACKET);
    this.channel = channel;
    this.room = room;
    this.received = new ReceiveQueue(memory);
  }

  // ---- the connection's reading thread ----

  /** Sets the window and the packet size of the client's SSH_MSG_CHANNEL_OPEN. */
  void promised(long window, int largestPacket) {
    room.expand(window);
    packetSize(largestPacket);
  }

  /** The client has opened its window (RFC 4254, section 5.2). */
  void expand(long bytes) {
    room.expand(bytes);
  }

  /**
   * Adds data of the client.
   *
   * @throws ProtocolException when it violates the window or the packet size
   */
  void put(Buffer data) throws ProtocolException {
    long count = data.getUInt();
    if (count > ForwardWindow.PACKET || count > data.available()) {
      throw new ProtocolException("data of " + count + " bytes in one packet");
    }
    received.put(data.array(), data.rpos(), (int) count);
  }

  // ---- the forward ----

  @Override
  protected ByteBuffer next() throws InterruptedException {
    return received.next();
  }

  @Override
  protected void accept(int count) throws IOException {
    int adjustment = received.taken(count);
    if (adjustment > 0 && !channel.isClosing()) {
      Session session = channel.getSession();
      Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST);
      packet.putUInt(channel.getRecipient());
      packet.putUInt(adjustment);
      session.writePacket(packet);
    }
  }

  @Override
  protected boolean isDrained() {
    return received.isDrained();
  }

  @Override
  protected void endOfInput() {
    received.end();
  }

  @Override
  protected int unreserved() {
    return ForwardWindow.FIRST;
  }

  @Override
  protected void sendEnd() throws IOException {
    channel.sendEnd();
  }

  @Override
  protected void close() {
    received.close();
  }
}
