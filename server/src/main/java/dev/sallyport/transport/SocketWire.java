package dev.sallyport.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connected socket. */
public final class SocketWire implements Wire {
  private final SocketChannel socket;
  private final SocketAddress local;
  private final SocketAddress remote;

  /**
   * @param socket connected and blocking; closed with this
   */
  public SocketWire(SocketChannel socket) throws IOException {
    this.socket = socket;
    this.local = socket.getLocalAddress();
    this.remote = socket.getRemoteAddress();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return socket.read(into);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
    return count;
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public SocketAddress local() {
    return local;
  }

  @Override
  public SocketAddress remote() {
    return remote;
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
