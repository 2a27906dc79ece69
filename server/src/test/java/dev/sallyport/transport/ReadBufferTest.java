package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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
