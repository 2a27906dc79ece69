package dev.sallyport.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The buffer for reads of a socket. It is small while a connection is idle, and holds several
 * packets during an upload, because each read, and each hand-over to the thread that carries the
 * data, costs as much as decrypting a packet. For one thread.
 */
final class ReadBuffer {
  /** Smallest size in bytes: a thousand idle connections need 16 MB. */
  static final int SMALLEST = 16 * 1024;

  /** Largest size in bytes: four packets of the usual size (32 KiB and the frame). */
  static final int LARGEST = 128 * 1024;

  /**
   * The number of successive small reads after which the buffer shrinks: the upload has ended by
   * then.
   */
  static final int PATIENCE = 64;

  private ByteBuffer bytes = ByteBuffer.allocate(SMALLEST);
  private int ahead;
  private int lastRead;
  private int smallReads;

  /**
   * Reads once; waits for the first byte.
   *
   * @return the bytes, valid until the next call of any method; empty at the end of the stream
   */
  @Nullable ByteBuffer readFrom(ReadableByteChannel channel) throws IOException {
    if (ahead == 0 && channel.read(bytes.clear()) < 0) {
      return null;
    }
    ahead = 0;
    bytes.flip();
    lastRead = bytes.remaining();
    return bytes;
  }

  /**
   * Reads ahead without waiting, when the last bytes are not needed any more; {@link #readFrom}
   * returns the new ones.
   *
   * @return whether the stream has ended, as far as the buffer had room to find out
   */
  boolean readAhead(Wire wire) throws IOException {
    if (ahead == 0) {
      bytes.clear();
    }
    while (bytes.hasRemaining()) {
      int count = wire.readNow(bytes);
      if (count <= 0) {
        return count < 0;
      }
      ahead += count;
    }
    return false;
  }

  /** Whether the last read filled the buffer, so that more data is likely. */
  boolean isFull() {
    return lastRead == bytes.capacity();
  }

  int capacity() {
    return bytes.capacity();
  }

  /**
   * Grows after a full read, as far as there is memory; shrinks after many small ones; not while it
   * holds bytes.
   */
  void adapt(ReadGrowth memory) {
    if (ahead > 0) {
      return;
    }
    if (isFull() && bytes.capacity() < LARGEST) {
      if (memory.mayReadAtOnce(bytes.capacity() * 2)) {
        resize(bytes.capacity() * 2);
      }
    } else if (lastRead > bytes.capacity() / 2 || bytes.capacity() == SMALLEST) {
      smallReads = 0;
    } else if (++smallReads >= PATIENCE) {
      resize(bytes.capacity() / 2);
    }
  }

  private void resize(int capacity) {
    bytes = ByteBuffer.allocate(capacity);
    smallReads = 0;
  }
}
