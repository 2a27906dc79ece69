package dev.sallyport.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Grant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class DialerTest {
  private final List<AutoCloseable> opened = new ArrayList<>();

  @Test
  void takesTheNextAddressWhenOneRefuses() throws Exception {
    InetSocketAddress open = listening("127.0.0.2");
    try (SocketChannel socket = dial(List.of(refusing("127.0.0.3"), open), 5000).socket()) {
      assertThat(socket.getRemoteAddress()).isEqualTo(open);
    }
  }

  @Test
  void takesTheNextAddressWhenOneIsSilent() throws Exception {
    InetSocketAddress open = listening("127.0.0.2");
    Dialer.Dialled dialled = dial(List.of(silent("127.0.0.4"), open), 5000);
    try (SocketChannel socket = dialled.socket()) {
      assertThat(socket.getRemoteAddress()).isEqualTo(open);
      assertThat(dialled.candidate().address()).isEqualTo(open);
    }
  }

  @Test
  void saysWhyTheLastAddressFailed() {
    assertThatThrownBy(() -> dial(List.of(refusing("127.0.0.3")), 5000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void givesUpWhenTheTimeIsOver() throws Exception {
    InetSocketAddress silent = silent("127.0.0.4");
    assertThatThrownBy(() -> dial(List.of(silent), 300))
        .isInstanceOf(IOException.class)
        .hasMessage("did not answer within 0.3 s");
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    InetSocketAddress silent = silent("127.0.0.4");
    AtomicReference<Throwable> outcome = new AtomicReference<>();
    Thread dialling =
        Thread.ofVirtual()
            .start(() -> {
              try {
                dial(List.of(silent), 20_000);
              } catch (IOException | InterruptedException e) {
                outcome.set(e);
              }
            });
    dialling.interrupt();
    dialling.join();
    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
  }

  private static Dialer.Dialled dial(List<InetSocketAddress> addresses, int millis)
      throws IOException, InterruptedException {
    return Dialer.dial(
        addresses.stream().map(address -> new Grant.Candidate(address, "rule")).toList(),
        new ForwardSettings(
            Duration.ofMillis(millis), Duration.ofMillis(50), Duration.ZERO, Duration.ZERO));
  }

  private InetSocketAddress listening(String address) throws IOException {
    return (InetSocketAddress) bind(address, 50).getLocalAddress();
  }

  /** A port that nobody listens on: bound a moment ago, and closed. */
  private InetSocketAddress refusing(String address) throws IOException {
    try (ServerSocketChannel server = bind(address, 1)) {
      return (InetSocketAddress) server.getLocalAddress();
    }
  }

  /** A listening socket whose queue of waiting connections is full: the kernel drops what comes. */
  private InetSocketAddress silent(String address) throws IOException {
    ServerSocketChannel server = bind(address, 1);
    InetSocketAddress bound = (InetSocketAddress) server.getLocalAddress();
    for (int i = 0; i < 4; i++) {
      SocketChannel filler = SocketChannel.open();
      filler.configureBlocking(false);
      filler.connect(bound);
      opened.add(filler);
    }
    return bound;
  }

  private ServerSocketChannel bind(String address, int backlog) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    opened.add(server);
    return server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0), backlog);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }
}
