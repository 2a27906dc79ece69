package dev.sallyport.plugins.ldap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;

/**
 * Makes TLS sockets that do not wait without end for a server which takes the connection and is
 * silent: the library makes the handshake in a thread of its own, before {@link BoundedHandshake}
 * gets to see the socket.
 */
final class BoundedSockets extends SocketFactory {
  private final SocketFactory tls;
  private final int millis;

  BoundedSockets(SocketFactory tls, Duration time) {
    this.tls = tls;
    this.millis = Math.toIntExact(time.toMillis());
  }

  private Socket bounded(Socket socket) throws IOException {
    socket.setSoTimeout(millis);
    return socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    return bounded(tls.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return bounded(tls.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return bounded(tls.createSocket(host, port, from, fromPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return bounded(tls.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return bounded(tls.createSocket(host, port, from, fromPort));
  }
}
