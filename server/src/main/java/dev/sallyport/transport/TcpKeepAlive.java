package dev.sallyport.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the kernel find out that a peer is gone (RFC 9293, section 3.8.4), without a word of SSH: a
 * client that answers no {@code keepalive@openssh.com} request, and a laptop that sleeps for some
 * minutes, keep their connections. Linux's own default waits two hours, in which a dead peer holds
 * a descriptor. Data that nobody acknowledges ends a connection after about as long as this does
 * ({@code net.ipv4.tcp_retries2}: 15 tries, 924 s).
 */
public final class TcpKeepAlive {
  /** Silence before the first probe, in seconds. */
  static final int IDLE = 300;

  /** Between two probes, in seconds. */
  static final int INTERVAL = 75;

  /**
   * Probes without an answer after which the kernel ends the connection: after 15 minutes in all.
   */
  static final int COUNT = 8;

  private TcpKeepAlive() {}

  /** Turns it on for a socket that is open. */
  public static void enable(SocketChannel socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, COUNT);
    }
  }
}
