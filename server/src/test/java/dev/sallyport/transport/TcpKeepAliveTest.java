package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.connection.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class TcpKeepAliveTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(15);

  @Test
  void theKernelGivesAPeerUpThatDoesNotAnswerForFifteenMinutes() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {
        TcpKeepAlive.enable(accepted);

        assertThat(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        int idle = accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
        int interval = accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
        int count = accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
        assertThat(Duration.ofSeconds(idle + (long) interval * count)).isEqualTo(TIMEOUT);
        assertThat(client.isConnected()).isTrue();
      }
    }
  }

  @Test
  void aClientThatAnswersNoKeepAliveRequestOfSshIsKeptAsLong() {
    Limits limits = Limits.DEFAULT;

    assertThat(limits.keepAliveInterval().multipliedBy(limits.keepAliveCount())).isEqualTo(TIMEOUT);
  }
}
