package dev.sallyport.forward;

import dev.sallyport.transport.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a forward as a wire for an SSH connection. It buffers only the packet that is
 * being written: unread data stays within the client's window, and a writer waits for the client's.
 */
final class ForwardWire implements Wire {
  private final ClientEnd client;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean closed;
  private @Nullable Buffer packet;

  /**
   * @param local the target's address, whose place the bastion takes
   * @param remote the client's address
   */
  ForwardWire(ClientEnd client, InetSocketAddress local, InetSocketAddress remote) {
    this.client = client;
    this.local = local;
    this.remote = remote;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    try {
      ByteBuffer bytes = client.next();
      if (closed) {
        throw new AsynchronousCloseException();
      }
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(bytes.remaining(), into.remaining());
      into.put(bytes.limit(bytes.position() + count));
      client.taken(count);
      return count;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    writing.lock();
    try {
      while (bytes.hasRemaining()) {
        int room = client.awaitRoom();
        if (room == 0) {
          throw new ClosedChannelException();
        }
        writeSome(bytes, Math.min(room, bytes.remaining()));
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      writing.unlock();
    }
    return count;
  }

  private void writeSome(ByteBuffer bytes, int count) throws IOException {
    Buffer next = packet == null ? client.newPacket() : packet;
    bytes.get(next.array(), ClientEnd.PAYLOAD, count);
    packet = client.send(next, count);
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new ClosedByInterruptException();
  }

  /** Closes the wire, and waits until no thread writes. None will afterwards. */
  void closeAndAwaitWriter() {
    close();
    writing.lock();
    try {
      packet = null;
    } finally {
      writing.unlock();
    }
  }

  /** The client has left: it reads nothing more, and its data has ended. */
  void clientGone() {
    client.endOfOutput();
    client.endOfInput();
  }

  /** Does nothing: the client sees the end when the forward's channel closes soon after. */
  @Override
  public void shutdownOutput() {
    client.endOfOutput();
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    client.endOfInput();
    client.endOfOutput();
  }
}
