package dev.sallyport.ssh;

import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/**
 * While we wait for the client's part of a key exchange, answers queue up: so many and no more,
 * which bounds memory.
 */
public final class KeyExchangeQueue extends KeyExchangeMessageHandler {
  private static final int LARGEST = 4096;

  private int queued;

  /**
   * For one connection.
   *
   * @param libraryLog where the library writes
   */
  public KeyExchangeQueue(AbstractSession session, Logger libraryLog) {
    super(session, libraryLog);
  }

  /**
   * Keeps one more.
   *
   * @throws RuntimeSshException when there are too many; that ends the connection
   */
  @Override
  protected synchronized PendingWriteFuture enqueuePendingPacket(int command, Buffer buffer) {
    if (pendingPackets.isEmpty()) {
      queued = 0;
    }
    if (++queued > LARGEST) {
      throw new RuntimeSshException("too many answers wait for a key exchange");
    }
    return super.enqueuePendingPacket(command, buffer);
  }
}
