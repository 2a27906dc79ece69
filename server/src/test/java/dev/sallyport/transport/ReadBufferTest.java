package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import org.junit.jupiter.api.Test;

final class ReadBufferTest {
  private final ReadBuffer buffer = new ReadBuffer();

  @Test
  void staysSmallWhileLittleComes() throws IOException {
    for (int i = 0; i < 1000; i++) {
      read(100);
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.SMALLEST);
  }

  @Test
  void growsWithAnUploadAndNoFurtherThanTheLargest() throws IOException {
    for (int i = 0; i < 10; i++) {
      read(1 << 20);
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.LARGEST);
  }

  @Test
  void growsOnlyWhenTold() throws IOException {
    for (int i = 0; i < 10; i++) {
      buffer.readFrom(bytes(1 << 20));
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.SMALLEST);
  }

  @Test
  void shrinksAgainWhenTheUploadIsOver() throws IOException {
    growsFully();
    for (int i = 0; i < 4 * ReadBuffer.PATIENCE; i++) {
      read(100);
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.SMALLEST);
  }

  @Test
  void keepsItsSizeWhileSomeReadsAreLarge() throws IOException {
    growsFully();
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < ReadBuffer.PATIENCE - 1; j++) {
        read(100);
      }
      read(ReadBuffer.LARGEST);
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.LARGEST);
  }

  @Test
  void givesWhatWasReadAndThenNothingAtTheEnd() throws IOException {
    ReadableByteChannel channel = bytes(5);
    assertThat(buffer.readFrom(channel))
        .hasToString("java.nio.HeapByteBuffer[pos=0 lim=5 cap=" + ReadBuffer.SMALLEST + "]");
    assertThat(buffer.readFrom(channel)).isNull();
  }

  @Test
  void doesNotGrowWithoutMemory() throws IOException {
    for (int i = 0; i < 10; i++) {
      assertThat(buffer.readFrom(bytes(1 << 20))).isNotNull();
      buffer.adapt(bytes -> bytes <= 2 * ReadBuffer.SMALLEST);
    }
    assertThat(buffer.capacity()).isEqualTo(2 * ReadBuffer.SMALLEST);
  }

  @Test
  void whatWasReadAheadComesNextAndTheEndIsSeen() throws IOException {
    assertThat(buffer.readAhead(new TestWire(3, false))).isFalse();
    assertThat(buffer.readAhead(new TestWire(2, true))).isTrue();
    assertThat(buffer.readFrom(bytes(0)))
        .satisfies(read -> assertThat(read.remaining()).isEqualTo(5));
    assertThat(buffer.readFrom(bytes(0))).isNull();
  }

  @Test
  void whoSendsMoreThanThereIsRoomForIsTakenForPresent() throws IOException {
    assertThat(buffer.readAhead(new TestWire(ReadBuffer.SMALLEST, true))).isFalse();
  }

  /** Has so many bytes at once, and then nothing or the end. */
  private static final class TestWire implements Wire {
    private final boolean ends;
    private int left;

    TestWire(int count, boolean ends) {
      this.left = count;
      this.ends = ends;
    }

    @Override
    public int readNow(ByteBuffer into) {
      if (left == 0) {
        return ends ? -1 : 0;
      }
      int count = Math.min(left, into.remaining());
      left -= count;
      into.put(new byte[count]);
      return count;
    }

    @Override
    public int read(ByteBuffer into) {
      throw new UnsupportedOperationException("it would wait");
    }

    @Override
    public int write(ByteBuffer bytes) {
      throw new UnsupportedOperationException("nobody writes");
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public SocketAddress local() {
      return new InetSocketAddress(0);
    }

    @Override
    public SocketAddress remote() {
      return new InetSocketAddress(0);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private void growsFully() throws IOException {
    for (int i = 0; i < 10; i++) {
      read(1 << 20);
    }
  }

  private void read(int count) throws IOException {
    assertThat(buffer.readFrom(bytes(count))).isNotNull();
    buffer.adapt(bytes -> true);
  }

  private static ReadableByteChannel bytes(int count) {
    return Channels.newChannel(new ByteArrayInputStream(new byte[count]));
  }
}
