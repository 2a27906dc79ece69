package dev.sallyport.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Optional;

/**
 * The byte stream of an SSH connection: a socket, or the data of a forward. Reading and writing
 * wait; each is for one thread at a time. {@code write} writes the whole buffer. Closing, from any
 * thread, wakes both.
 */
public interface Wire extends ByteChannel {
  /** Ends the outgoing direction. */
  void shutdownOutput() throws IOException;

  /**
   * Reads available bytes without waiting. For the thread that reads.
   *
   * @return the number of bytes; 0 when none are available, or the wire cannot tell; -1 at the end
   */
  default int readNow(ByteBuffer into) throws IOException {
    return 0;
  }

  /** The address of this end. */
  SocketAddress local();

  /** The address of the other end: the client's, also behind a load balancer. */
  SocketAddress remote();

  /** The load balancer that has sent the client's address, if there is one. */
  default Optional<InetSocketAddress> via() {
    return Optional.empty();
  }
}
