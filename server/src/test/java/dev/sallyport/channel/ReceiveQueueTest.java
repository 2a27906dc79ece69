package dev.sallyport.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.memory.MemoryShare;
import dev.sallyport.memory.TestShares;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ReceiveQueueTest {
  private final MemoryShare memory = TestShares.of(64L * 1024 * 1024);

  @Test
  void givesBackWhatWasPutInOrderWhateverTheSizes() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ReceiveQueue queue = queue();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    int window = ForwardWindow.FIRST;
    for (int round = 0; round < 20_000; round++) {
      int count = Math.min(window, random.nextInt(3000));
      if (count > 0 && random.nextBoolean()) {
        byte[] data = new byte[count + 7];
        random.nextBytes(data);
        queue.put(data, 7, count);
        sent.write(data, 7, count);
        window -= count;
      } else if (sent.size() > taken.size()) {
        ByteBuffer view = queue.next();
        int some = 1 + random.nextInt(view.remaining());
        byte[] out = new byte[some];
        view.get(out);
        taken.write(out);
        window += queue.taken(some);
      }
    }
    queue.end();
    for (ByteBuffer rest = queue.next(); rest.hasRemaining(); rest = queue.next()) {
      byte[] out = new byte[rest.remaining()];
      rest.get(out);
      taken.write(out);
      queue.taken(out.length);
    }
    assertThat(taken.toByteArray()).as("seed %d", seed).isEqualTo(sent.toByteArray());
  }

  @Test
  void refusesMoreThanTheWindow() throws Exception {
    ReceiveQueue queue = queue();
    queue.put(new byte[ForwardWindow.FIRST], 0, ForwardWindow.FIRST);
    assertThatThrownBy(() -> queue.put(new byte[1], 0, 1)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void growsTheWindowNoFurtherThanTheLargest() throws Exception {
    long window = growToTheLargest(queue());
    assertThat(memory.held()).isEqualTo(ForwardWindow.LARGEST);
    assertThat(window).isLessThanOrEqualTo(ForwardWindow.LARGEST);
  }

  @Test
  void growsToTheLargestWindowAtOnce() throws Exception {
    ReceiveQueue queue = queue();
    int half = ForwardWindow.FIRST / 2;
    queue.put(new byte[half], 0, half);
    queue.next();
    assertThat(queue.taken(half)).isEqualTo(half + ForwardWindow.LARGEST - ForwardWindow.FIRST);
  }

  @Test
  void doublesWhereTheShareDoesNotHoldTheLargest() throws Exception {
    MemoryShare little = TestShares.of(2L * 4 * ForwardWindow.FIRST);
    assertThat(little.reserve(ForwardWindow.FIRST)).isTrue();
    growToTheLargest(new ReceiveQueue(little));
    assertThat(little.held()).isEqualTo(4 * ForwardWindow.FIRST);
  }

  /** A peer that has used up its window may wait for no more than a part of the largest. */
  @Test
  void givesBackALargeWindowInParts() throws Exception {
    ReceiveQueue queue = queue();
    growToTheLargest(queue);
    int part = 256 * 1024;
    int window = 0;
    for (int sent = 0; sent < 4 * part; sent += ForwardWindow.PACKET) {
      queue.put(new byte[ForwardWindow.PACKET], 0, ForwardWindow.PACKET);
      window += queue.taken(queue.next().remaining());
      assertThat(window).isGreaterThan(sent - part);
    }
  }

  private static long growToTheLargest(ReceiveQueue queue) throws Exception {
    long window = ForwardWindow.FIRST;
    for (int i = 0; i < 500; i++) {
      int count = (int) Math.min(window, 60_000);
      queue.put(new byte[count], 0, count);
      int left = count;
      while (left > 0) {
        ByteBuffer rest = queue.next();
        left -= rest.remaining();
        window += queue.taken(rest.remaining());
      }
      window -= count;
    }
    return window;
  }

  @Test
  void doesNotGrowWhenMemoryIsShort() throws Exception {
    MemoryShare tight = TestShares.of(2L * ForwardWindow.FIRST);
    assertThat(tight.reserve(ForwardWindow.FIRST)).isTrue();
    ReceiveQueue queue = new ReceiveQueue(tight);
    queue.put(new byte[ForwardWindow.FIRST], 0, ForwardWindow.FIRST);
    queue.next();
    assertThat(queue.taken(ForwardWindow.FIRST)).isEqualTo(ForwardWindow.FIRST);
    assertThat(tight.held()).isEqualTo(ForwardWindow.FIRST);
  }

  @Test
  void givesAllItsMemoryBack() throws Exception {
    ReceiveQueue queue = queue();
    growToTheLargest(queue);
    queue.close();
    assertThat(memory.held()).isZero();
  }

  @Test
  void endsAfterTheLastByte() throws Exception {
    ReceiveQueue queue = queue();
    queue.put(new byte[] {1, 2, 3}, 0, 3);
    queue.end();
    assertThat(queue.isDrained()).isFalse();
    assertThat(queue.next().remaining()).isEqualTo(3);
    queue.taken(3);
    assertThat(queue.isDrained()).isTrue();
    assertThat(queue.next().hasRemaining()).isFalse();
  }

  @Test
  void wakesWhoWaitsWhenItEnds() throws Exception {
    ReceiveQueue queue = queue();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                queue.next();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    queue.end();
    waiting.join();
  }

  private ReceiveQueue queue() {
    assertThat(memory.reserve(ForwardWindow.FIRST)).isTrue();
    return new ReceiveQueue(memory);
  }
}
