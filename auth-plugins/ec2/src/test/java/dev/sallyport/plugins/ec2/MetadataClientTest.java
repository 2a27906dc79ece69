package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.TestKeys;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MetadataClientTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  private static Reply get(MetadataClient client) throws Exception {
    return client.get("meta-data/instance-id", 64, Deadline.in(Duration.ofSeconds(5)));
  }

  @Test
  void asksWithATokenAndForANewOneWhenItIsNoLongerGood() throws Exception {
    try (FakeMetadata metadata = new FakeMetadata();
        MetadataClient client = new MetadataClient(MetadataEndpoint.parse(metadata.endpoint()))) {
      assertThat(get(client)).isEqualTo(new Reply.Found(FakeAuthority.INSTANCE));
      assertThat(get(client)).isEqualTo(new Reply.Found(FakeAuthority.INSTANCE));
      metadata.forgetTokens();
      assertThat(get(client)).isEqualTo(new Reply.Found(FakeAuthority.INSTANCE));
      assertThat(client.get("meta-data/nothing", 64, Deadline.in(Duration.ofSeconds(5))))
          .isEqualTo(new Reply.Missing());
      assertThat(metadata.asked())
          .containsExactly(
              "PUT api/token",
              "GET meta-data/instance-id",
              "GET meta-data/instance-id",
              "GET meta-data/instance-id",
              "PUT api/token",
              "GET meta-data/instance-id",
              "GET meta-data/nothing");
    }
  }

  @Test
  void followsNoRedirect() throws Exception {
    try (FakeMetadata elsewhere = new FakeMetadata();
        RawServer server =
            RawServer.always(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + elsewhere.endpoint()
                    + "/latest/api/token\r\nContent-Length: 0\r\n\r\n");
        MetadataClient client = new MetadataClient(server.endpoint())) {
      assertThatThrownBy(() -> get(client)).hasMessageContaining("status 302");
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void usesNoProxy() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        FakeMetadata metadata = new FakeMetadata()) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", "" + proxy.getLocalPort());
      System.setProperty("http.nonProxyHosts", "");
      try (MetadataClient client =
          new MetadataClient(MetadataEndpoint.parse(metadata.endpoint()))) {
        assertThat(get(client)).isInstanceOf(Reply.Found.class);
      } finally {
        System.clearProperty("http.proxyHost");
        System.clearProperty("http.proxyPort");
        System.clearProperty("http.nonProxyHosts");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        OK + "Content-Length: 5\r\n\r\nab",
        OK + "Content-Length: 99999999999999999999\r\n\r\nabc",
        OK + "Content-Length: 3\r\n\r\n\u0001\u0002\u0003",
        OK + "Content-Length: 0\r\n\r\n",
        OK + "Content-Length: 13\r\n\r\n<html> </html>",
        OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
      })
  void takesNothingThatIsNoAnswer(String answer) throws Exception {
    try (RawServer server = RawServer.always(answer);
        MetadataClient client = new MetadataClient(server.endpoint())) {
      assertThatThrownBy(() -> get(client)).isInstanceOf(MetadataException.class);
    }
  }

  @Test
  void readsNoMoreThanItExpects() throws Exception {
    String flood = "x".repeat(1 << 16);
    try (RawServer server =
            new RawServer((request, out) -> {
              if (request.startsWith("PUT")) {
                out.write((OK + "Content-Length: 1\r\n\r\nt").getBytes(StandardCharsets.US_ASCII));
                return;
              }
              out.write((OK + "\r\n").getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(flood.getBytes(StandardCharsets.US_ASCII));
              }
            });
        MetadataClient client = new MetadataClient(server.endpoint())) {
      assertThatThrownBy(() -> get(client)).hasMessageContaining("too large");
    }
  }

  /** One byte a second keeps a connection alive for ever, but not a question. */
  @Test
  void givesUpOnOneThatAnswersByteByByte() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawServer server =
            new RawServer((_, out) -> {
              out.write((OK + "Content-Length: 500\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
              do {
                out.write('x');
                out.flush();
              } while (!never.await(1, java.util.concurrent.TimeUnit.SECONDS));
            });
        MetadataClient client = new MetadataClient(server.endpoint())) {
      assertThatThrownBy(() -> get(client)).hasMessageContaining("did not answer within");
    }
  }

  @Test
  void asksOneThatHangsOnceAndNotForEachLogin() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawServer server = new RawServer((_, _) -> never.await());
        Ec2 ec2 = Ec2.open(Map.of("endpoint", server.endpoint().toString()))) {
      for (int i = 0; i < 500; i++) {
        assertThat(ec2.ask("user" + i, TestKeys.ed25519(1))).isEqualTo(new Verdict.Unclaimed());
      }
      assertThat(server.connections()).isLessThan(10);
      assertThat(ec2.told())
          .contains(server.endpoint() + ": did not answer within 1 s; nobody can log in");
      assertThat(ec2.told().lines()).hasSize(1);
    }
  }
}
