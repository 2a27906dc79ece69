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
 * Bounds the queue of answers that wait for the end of a key exchange, which the library keeps
 * without bound.
 */
public final class KeyExchangeQueue extends KeyExchangeMessageHandler {
  private static final int LARGEST = 4096;

  private final Supplier<ConnectionMemory> memory;
  private int queued;

  /**
   * For one connection.
   *
   * @param libraryLog the library's logger
   * @param memory gives the connection's memory; called when an answer waits, because the library
   *     creates this object before the connection
   */
  public KeyExchangeQueue(
      AbstractSession session, Logger libraryLog, Supplier<ConnectionMemory> memory) {
    super(session, libraryLog);
    this.memory = memory;
  }

  /**
   * A packet of a computation is sent by the thread that waits for the computation: this thread
   * must not wait for a client that does not read.
   */
  @Override
  public IoWriteFuture writePacket(Buffer buffer, long timeout, TimeUnit unit) throws IOException {
    return PublicKeyWork.keeps(buffer)
        ? AbstractIoWriteFuture.fulfilled(this, true)
        : super.writePacket(buffer, timeout, unit);
  }

  /**
   * Adds an answer.
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
