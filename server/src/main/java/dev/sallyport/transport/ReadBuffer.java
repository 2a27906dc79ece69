package dev.sallyport.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * What one read of a socket may bring: little while a connection idles, several packets while it
 * uploads, because each read, and each hand-over to the thread that carries on, costs as much as
 * deciphering a packet. For one thread.
 */
final class ReadBuffer {
  /** A thousand idle connections hold 16 MB. */
  static final int SMALLEST = 16 * 1024;

  /** Four packets of the size everybody uses (32 KiB and its frame). */
  static final int LARGEST = 128 * 1024;

  /** Reads in a row that would have fitted into half: by then the upload is over. */
  static final int PATIENCE = 64;

  private ByteBuffer bytes = ByteBuffer.allocate(SMALLEST);
  private int ahead;
  private int lastRead;
  private int smallReads;

  /**
   * Reads once; waits for the first byte.
   *
   * @return what was read, valid until the next call of any method; nothing at the end of the
   *     stream
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
   * Reads on without waiting, when what was read last is not needed any more; {@link #readFrom}
   * returns it.
   *
   * @return whether that was the end of the stream, as far as there was room to look
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

  /** Whether the last read filled it, so that there is likely more. */
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
