package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener goes on, whatever happens to one connection or for a while to all. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AcceptingTest {
  private final Deque<Accepting.Source> steps = new ArrayDeque<>();
  private final List<SocketChannel> begun = new ArrayList<>();

  private SocketChannel step() throws IOException {
    Accepting.Source next = steps.poll();
    if (next == null) {
      throw new AsynchronousCloseException();
    }
    return next.accept();
  }

  private SocketChannel comes() throws IOException {
    SocketChannel socket = SocketChannel.open();
    steps.add(() -> socket);
    return socket;
  }

  @Test
  void goesOnWhenNoDescriptorIsLeftForAWhile() throws Exception {
    steps.add(() -> {
      throw new IOException("Too many open files");
    });
    steps.add(() -> {
      throw new IOException("Too many open files");
    });
    try (SocketChannel socket = comes()) {
      new Accepting("connections", this::step, begun::add).run();

      assertThat(begun).containsExactly(socket);
      assertThat(socket.isOpen()).isTrue();
    }
  }

  @Test
  void aConnectionThatGetsNoThreadIsClosedAndTheNextOneBegins() throws Exception {
    assertOthersBegin(() -> {
      throw new OutOfMemoryError("unable to create native thread");
    });
  }

  @Test
  void aConnectionThatABugEndsIsClosedAndTheNextOneBegins() throws Exception {
    assertOthersBegin(() -> {
      throw new IllegalStateException("a bug");
    });
  }

  private void assertOthersBegin(Runnable failure) throws Exception {
    try (SocketChannel refused = comes();
        SocketChannel next = comes()) {
      new Accepting(
              "connections",
              this::step,
              socket -> {
                if (socket.equals(refused)) {
                  failure.run();
                }
                begun.add(socket);
              })
          .run();

      assertThat(refused.isOpen()).isFalse();
      assertThat(begun).containsExactly(next);
      assertThat(next.isOpen()).isTrue();
    }
  }
}
