package dev.sallyport.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Optional;

/**
 * What an SSH connection runs over: a socket, or the bytes of a forward. Reading and writing wait,
 * each for one thread at a time; {@code write} takes all of the buffer. Closing, from any thread,
 * wakes both.
 */
public interface Wire extends ByteChannel {
  /** Ends the direction that is written. */
  void shutdownOutput() throws IOException;

  /**
   * Reads what is there, and never waits. For the thread that reads.
   *
   * @return how many bytes; 0 for none now, or when that cannot be known; -1 at the end
   */
  default int readNow(ByteBuffer into) throws IOException {
    return 0;
  }

  /** This end. */
  SocketAddress local();

  /** The other end: where the client is, whoever carries its bytes. */
  SocketAddress remote();

  /** The load balancer that carries the client's bytes and told us where it is, if one does. */
  default Optional<InetSocketAddress> via() {
    return Optional.empty();
  }
}
