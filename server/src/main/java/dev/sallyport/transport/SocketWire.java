package dev.sallyport.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A wire over a connected socket. */
public final class SocketWire implements Wire {
  private final SocketChannel socket;
  private final SocketAddress local;
  private final SocketAddress remote;
  private final Optional<InetSocketAddress> via;

  /**
   * @param socket connected and blocking; closed with the wire
   */
  public SocketWire(SocketChannel socket) throws IOException {
    this(socket, socket.getRemoteAddress(), Optional.empty());
  }

  /**
   * The same, possibly behind a load balancer.
   *
   * @param remote the client's address
   * @param via the load balancer, if any
   */
  SocketWire(SocketChannel socket, SocketAddress remote, Optional<InetSocketAddress> via)
      throws IOException {
    this.socket = socket;
    this.local = socket.getLocalAddress();
    this.remote = remote;
    this.via = via;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return socket.read(into);
  }

  @Override
  public int readNow(ByteBuffer into) throws IOException {
    socket.configureBlocking(false);
    try {
      return socket.read(into);
    } finally {
      socket.configureBlocking(true);
    }
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
  public Optional<InetSocketAddress> via() {
    return via;
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
