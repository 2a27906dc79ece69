package dev.sallyport.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/**
 * TCP keep-alive (RFC 9293, section 3.8.4), with which the kernel detects dead peers without SSH
 * messages: a client that does not answer {@code keepalive@openssh.com}, and a laptop that sleeps
 * for some minutes, keep their connections. Linux's default waits two hours, during which a dead
 * peer holds a descriptor. Unacknowledged data ends a connection after about the same time as these
 * settings ({@code net.ipv4.tcp_retries2}: 15 retries, 924 s).
 */
public final class TcpKeepAlive {
  /** Silence before the first probe, in seconds. */
  static final int IDLE = 300;

  /** Time between two probes, in seconds. */
  static final int INTERVAL = 75;

  /** Unanswered probes after which the kernel ends the connection: after 15 minutes in all. */
  static final int COUNT = 8;

  private TcpKeepAlive() {}

  /** Enables it for an open socket. */
  public static void enable(SocketChannel socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, COUNT);
    }
  }
}
