package dev.sallyport.ssh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
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

  private final Supplier<ConnectionMemory> memory;
  private int queued;

  /**
   * For one connection.
   *
   * @param libraryLog where the library writes
   * @param memory the connection's, asked for when something waits: the library makes this before
   *     the connection
   */
  public KeyExchangeQueue(
      AbstractSession session, Logger libraryLog, Supplier<ConnectionMemory> memory) {
    super(session, libraryLog);
    this.memory = memory;
  }

  /**
   * What a computation sends is sent by the thread that waits for it: this one must not wait for a
   * client that does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return PublicKeyWork.keeps(buffer)
        ? AbstractIoWriteFuture.fulfilled(this, true)
        : super.writePacket(buffer, timeout, unit);
  }

  /**
   * Keeps one more.
   *
   * @throws RuntimeSshException when there are too many, or there is no memory for it; that ends
   *     the connection
   */
  @Override
  protected synchronized PendingWriteFuture enqueuePendingPacket(int command, Buffer buffer) {
    if (pendingPackets.isEmpty()) {
      queued = 0;
      memory.get().noneWaits();
    }
    if (!memory.get().mayWait(buffer.available())) {
      throw new RuntimeSshException(memory.get().refusalText());
    }
    if (++queued > LARGEST) {
      throw new RuntimeSshException("too many answers wait for a key exchange");
    }
    return super.enqueuePendingPacket(command, buffer);
  }
}
