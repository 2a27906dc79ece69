package dev.sallyport.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on sockets, where the library's acceptor leaks a socket that is rejected. One virtual
 * thread accepts for each listening socket, and one thread reads each connection. A connection that
 * cannot begin, for example because the kernel grants no thread, is closed and releases its place.
 */
public final class SocketAcceptor extends WireSessions implements IoAcceptor {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /**
   * Connections that the kernel completes while the bastion is busy; limited by {@code
   * net.core.somaxconn}.
   */
  private static final int BACKLOG = 1024;

  private final Admission admission;
  private final Supplier<ProxySettings> proxies;
  private final ThreadFactory strangers;
  private final PendingHeaders headers;
  private final Map<SocketAddress, ServerSocketChannel> listening = new ConcurrentHashMap<>();

  /**
   * @param strangers creates the threads that read connections until the login
   */
  SocketAcceptor(
      IoHandler handler,
      Admission admission,
      Supplier<ProxySettings> proxies,
      ThreadFactory strangers) {
    super(handler);
    this.admission = admission;
    this.proxies = proxies;
    this.strangers = strangers;
    this.headers = new PendingHeaders(admission, this::begin);
  }

  @Override
  public void bind(Collection<? extends SocketAddress> addresses) throws IOException {
    for (SocketAddress address : addresses) {
      bind(address);
    }
  }

  @Override
  public void bind(SocketAddress address) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    listening.put(server.getLocalAddress(), server);
  }

  /** Starts to accept on all bound addresses. Until then clients wait in the kernel's queue. */
  public void accept() {
    listening.forEach((bound, server) ->
        Thread.ofVirtual()
            .name("accept-" + bound)
            .start(new Accepting("connections", server::accept, this::accepted)::run));
  }

  private void accepted(SocketChannel socket) {
    InetSocketAddress peer;
    try {
      peer = (InetSocketAddress) socket.getRemoteAddress();
    } catch (IOException e) {
      // The peer has left already.
      WireSession.closeQuietly(socket);
      return;
    }
    ProxySettings now = proxies.get();
    if (now.isBalancer(peer.getAddress())) {
      headers.await(socket, peer, now.timeout());
    } else {
      begin(socket, peer, Optional.empty());
    }
  }

  /**
   * Makes a connection of the socket, or turns it away. Never blocks.
   *
   * @param source the client's address
   * @param via the load balancer in between, if any
   */
  private void begin(
      SocketChannel socket, InetSocketAddress source, Optional<InetSocketAddress> via) {
    switch (admission.admit(source.getAddress())) {
      case Admission.Answer.TurnedAway(String line) -> turnAway(socket, line);
      case Admission.Answer.Admitted() -> admitted(socket, source, via);
    }
  }

  private void admitted(
      SocketChannel socket, InetSocketAddress source, Optional<InetSocketAddress> via) {
    boolean begun = false;
    try {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      TcpKeepAlive.enable(socket);
      add(new SocketWire(socket, source, via)).start(strangers);
      begun = true;
    } catch (IOException e) {
      LOG.trace("a client that was admitted was gone already", e);
    } finally {
      if (!begun) {
        WireSession.closeQuietly(socket);
        admission.leave(source.getAddress());
      }
    }
  }

  /**
   * Turns a client away with a line of text. Does not block, because the line fits into the send
   * buffer of a new socket.
   */
  private static void turnAway(SocketChannel socket, String line) {
    try (socket) {
      socket.configureBlocking(false);
      socket.write(ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      LOG.trace("a client that was turned away was gone already", e);
    }
  }

  @Override
  public void unbind(Collection<? extends SocketAddress> addresses) {
    addresses.forEach(this::unbind);
  }

  @Override
  public void unbind(SocketAddress address) {
    ServerSocketChannel server = listening.remove(address);
    if (server != null) {
      WireSession.closeQuietly(server);
    }
  }

  @Override
  public void unbind() {
    unbind(getBoundAddresses());
  }

  @Override
  public Set<SocketAddress> getBoundAddresses() {
    return Set.copyOf(listening.keySet());
  }

  @Override
  protected void preClose() {
    unbind();
    headers.close();
    super.preClose();
  }
}
