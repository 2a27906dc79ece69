package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a load balancer the client's own address counts, and nobody else can claim one. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyProtocolTest {
  private static final String BEHIND = "proxy-protocol.from = [\"127.0.0.9\"]";
  private static final String OFFICE = "203.0.113.7";
  private static final String ELSEWHERE = "203.0.113.8";

  /** Alice may go anywhere from the office, and nowhere from elsewhere. */
  private static final String FROM_OFFICE =
      """
      rules = [
        { name = office, users = [alice], to = ["127.0.0.1:1-65535"]
          source = ["203.0.113.7", "2001:db8:7::/48"] }
      ]\
      """;

  @TempDir Path directory;
  private final AtomicReference<byte[]> header = new AtomicReference<>(new byte[0]);

  private TestBastion start(String... more) throws IOException {
    List<String> settings = new ArrayList<>(List.of(BEHIND, FROM_OFFICE));
    settings.addAll(List.of(more));
    return TestBastion.start(directory, settings.toArray(String[]::new));
  }

  private LoadBalancer balancer(TestBastion bastion) throws IOException {
    LoadBalancer balancer = new LoadBalancer(bastion, header::get);
    bastion.ssh().host("behind", balancer.hostLines(directory.resolve("alice"), "alice"));
    return balancer;
  }

  private static String says(TestBastion bastion, byte[] header) throws IOException {
    try (Socket socket = LoadBalancer.connect(bastion, header)) {
      return Strangers.firstLine(socket);
    }
  }

  private static String says(TestBastion bastion, String header) throws IOException {
    return says(bastion, header.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void theTrueSourceCountsForRulesAndIsInTheLogBesideTheLoadBalancer() throws IOException {
    try (TestBastion bastion = start();
        LoadBalancer balancer = balancer(bastion);
        TcpTarget target = TcpTarget.that((self, socket) -> self.write(socket, new byte[] {'!'}))) {
      assertThat(balancer.port()).isPositive();
      for (byte[] allowed :
          List.of(
              LoadBalancer.line(OFFICE),
              LoadBalancer.block(OFFICE),
              LoadBalancer.line("2001:db8:7::1"),
              LoadBalancer.block("2001:db8:7::1"),
              LoadBalancer.line("::ffff:" + OFFICE))) {
        header.set(allowed);
        Command.Ended ended = bastion.ssh().ssh("-W", target.address(), "behind");
        assertThat(ended.output()).as(ended.errors()).isEqualTo("!");
      }
      for (byte[] denied :
          List.of(LoadBalancer.line(ELSEWHERE), LoadBalancer.block("2001:db8:8::1"))) {
        header.set(denied);
        Command.Ended ended = bastion.ssh().ssh("-W", target.address(), "behind");
        assertThat(ended.exit()).isEqualTo(255);
        assertThat(ended.errors()).contains("administratively prohibited");
      }
      for (String code :
          List.of("connection-opened", "authentication-succeeded", "connection-closed")) {
        AuditReader.Event event = bastion.audit().await(code);
        assertThat(event.json().at("/src_endpoint/ip").asString("")).isEqualTo(OFFICE);
        assertThat(event.json().at("/src_endpoint/port").asInt(0)).isEqualTo(50123);
        assertThat(event.json().at("/src_endpoint/intermediate_ips/0").asString(""))
            .isEqualTo(LoadBalancer.ADDRESS);
      }
      AuditReader.Event forward = bastion.audit().await("forward-opened");
      assertThat(forward.json().at("/src_endpoint/ip").asString("")).isEqualTo(OFFICE);
    }
  }

  @Test
  void theTrueSourceCountsForKeysAndCertificates() throws IOException {
    Path fromOffice = OpenSsh.makeKey(directory.resolve("from-office"), "-t", "ed25519");
    Path certified = OpenSsh.makeKey(directory.resolve("certified"), "-t", "ed25519");
    Path authority = OpenSsh.makeKey(directory.resolve("ca"), "-t", "ed25519");
    Command.Ended signed =
        Command.run(
            List.of(
                "ssh-keygen",
                "-q",
                "-s",
                authority.toString(),
                "-I",
                "id",
                "-n",
                "alice",
                "-O",
                "source-address=" + OFFICE,
                certified + ".pub"));
    assertThat(signed.exit()).as(signed.errors()).isZero();
    try (TestBastion bastion =
            start(
                "auth.plugins += { type = certificates, authorities = [ { file = \"%s.pub\","
                        .formatted(authority)
                    + " principals = [alice] } ] }");
        LoadBalancer balancer = balancer(bastion)) {
      Files.writeString(
          directory.resolve("keys/alice"),
          "from=\"" + OFFICE + "\" " + Files.readString(Path.of(fromOffice + ".pub")));
      for (Path key : List.of(fromOffice, certified)) {
        header.set(LoadBalancer.block(OFFICE));
        assertThat(login(bastion, balancer, key).exit()).isZero();
        for (String other : List.of(ELSEWHERE, "127.0.0.1", LoadBalancer.ADDRESS)) {
          header.set(LoadBalancer.block(other));
          assertThat(login(bastion, balancer, key).errors()).contains("Permission denied");
        }
        assertThat(
                bastion
                    .audit()
                    .await(
                        "authentication-failed",
                        event -> event.detail().contains("may not be used from " + ELSEWHERE))
                    .user())
            .isEqualTo("alice");
      }
    }
  }

  private static Command.Ended login(TestBastion bastion, LoadBalancer balancer, Path key) {
    return bastion.ssh().ssh("-p", "" + balancer.port(), "-i", key.toString(), "alice@127.0.0.1");
  }

  @Test
  void theTrueSourceCountsForPenaltiesAndTheLoadBalancerHasNone() throws IOException {
    Path wrong = OpenSsh.makeKey(directory.resolve("wrong"), "-t", "ed25519");
    try (TestBastion bastion = start("penalties { exempt = [], min = \"1 s\" }");
        LoadBalancer balancer = balancer(bastion)) {
      header.set(LoadBalancer.block(ELSEWHERE));
      Command.Ended attempt =
          bastion.ssh().ssh("-p", "" + balancer.port(), "-i", wrong.toString(), "alice@127.0.0.1");
      assertThat(attempt.errors()).contains("Permission denied");
      AuditReader.Event began = bastion.audit().await("penalty-began");
      assertThat(began.json().at("/src_endpoint/ip").asString("")).isEqualTo(ELSEWHERE);

      assertThat(says(bastion, LoadBalancer.line(ELSEWHERE))).isEqualTo("Not allowed at this time");
      header.set(LoadBalancer.block(OFFICE));
      assertThat(bastion.ssh().ssh("behind").exit()).isZero();
      for (int i = 0; i < 5; i++) {
        assertThat(says(bastion, "PROXY UNKNOWN\r\n")).isEqualTo(Strangers.WELCOME);
      }
    }
  }

  /** An address that balancers may have is a client's, when a balancer says so. */
  @Test
  void aClientWithAnAddressOfTheBalancersNetworkIsPenalisedToo() throws IOException {
    Path wrong = OpenSsh.makeKey(directory.resolve("wrong"), "-t", "ed25519");
    try (TestBastion bastion =
            TestBastion.start(
                directory,
                "proxy-protocol.from = [\"127.0.0.0/24\"]",
                "penalties { exempt = [], min = \"1 s\" }");
        LoadBalancer balancer = balancer(bastion)) {
      header.set(LoadBalancer.block("127.0.0.77"));
      assertThat(login(bastion, balancer, wrong).errors()).contains("Permission denied");
      AuditReader.Event began = bastion.audit().await("penalty-began");
      assertThat(began.json().at("/src_endpoint/ip").asString("")).isEqualTo("127.0.0.77");
    }
  }

  @Test
  void theTrueSourceCountsForTheLimitsOnStrangers() throws IOException {
    try (TestBastion bastion = start("limits.unauthenticated-per-source = 1");
        Socket first = LoadBalancer.connect(bastion, LoadBalancer.line(OFFICE))) {
      assertThat(Strangers.firstLine(first)).isEqualTo(Strangers.WELCOME);
      assertThat(says(bastion, LoadBalancer.line(OFFICE))).isEqualTo("Exceeded MaxStartups");
      assertThat(says(bastion, LoadBalancer.line(ELSEWHERE))).isEqualTo(Strangers.WELCOME);
    }
  }

  @Test
  void fromAnybodyElseAHeaderIsNotReadAndIsNoSsh() throws IOException {
    try (TestBastion bastion = start();
        Socket liar = Strangers.connect(bastion, "127.0.0.1")) {
      liar.getOutputStream().write(LoadBalancer.line(OFFICE));
      liar.getOutputStream().write("SSH-2.0-liar\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(Strangers.firstLine(liar)).isEqualTo(Strangers.WELCOME);
      // Hung up on, without a key exchange.
      Strangers.awaitEnd(liar);
      AuditReader.Event closed = bastion.audit().await("connection-closed");
      assertThat(closed.json().at("/src_endpoint/ip").asString("")).isEqualTo("127.0.0.1");
      assertThat(closed.json().at("/src_endpoint").has("intermediate_ips")).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 1 22\n",
        "PROXY UDP4 203.0.113.7 198.51.100.1 1 22\r\n",
        "PROXY TCP4 here there 1 22\r\n"
      })
  void aLoadBalancerThatDoesNotSayItProperlyIsHungUpOn(String start) throws IOException {
    try (TestBastion bastion = start()) {
      assertThat(says(bastion, start)).isEmpty();
      assertThat(says(bastion, LoadBalancer.line(OFFICE))).isEqualTo(Strangers.WELCOME);
      assertThat(
              bastion.audit().await("connection-opened").json().at("/src_endpoint/ip").asString(""))
          .isEqualTo(OFFICE);
    }
    assertThat(
            new AuditReader(TestBastion.auditDirectory(directory))
                .await("noise-summary")
                .json()
                .at("/unmapped/sources/0/source")
                .asString(""))
        .isEqualTo(LoadBalancer.ADDRESS);
  }

  @Test
  void aHeaderMayComeInPiecesWithinTheTimeAndNoLater() throws IOException {
    try (TestBastion bastion = start("proxy-protocol.timeout = \"2 s\"");
        Socket pieces = LoadBalancer.connect(bastion);
        Socket trickling = LoadBalancer.connect(bastion)) {
      pieces.setTcpNoDelay(true);
      for (byte b : LoadBalancer.block(OFFICE)) {
        pieces.getOutputStream().write(b);
      }
      assertThat(Strangers.firstLine(pieces)).isEqualTo(Strangers.WELCOME);
      long begin = System.nanoTime();
      trickling.getOutputStream().write("PROXY ".getBytes(StandardCharsets.US_ASCII));
      assertThat(Strangers.firstLine(trickling)).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void loadBalancersThatSayNothingDoNotKeepOutWhoeverSaysIt() throws IOException {
    List<Socket> silent = new ArrayList<>();
    try (TestBastion bastion = start("proxy-protocol.timeout = \"1 m\"");
        LoadBalancer balancer = balancer(bastion)) {
      assertThat(balancer.port()).isPositive();
      for (int i = 0; i < 600; i++) {
        silent.add(LoadBalancer.connect(bastion));
      }
      header.set(LoadBalancer.block(OFFICE));
      assertThat(bastion.ssh().ssh("behind").exit()).isZero();
      assertThat(Strangers.firstLine(silent.getFirst())).isEmpty();
      assertThat(Strangers.knock(bastion, "127.0.0.1")).isEqualTo(Strangers.WELCOME);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void healthChecksSeeSshAndOnesThatOnlyConnectLeaveNoTrace() throws IOException {
    byte[] local = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x20, 0, 0, 0};
    try (TestBastion bastion = start()) {
      for (int i = 0; i < 10; i++) {
        LoadBalancer.connect(bastion).close();
      }
      assertThat(says(bastion, local)).isEqualTo(Strangers.WELCOME);
      assertThat(says(bastion, "PROXY UNKNOWN\r\n")).isEqualTo(Strangers.WELCOME);
      Condition.await(
          "both are told", () -> bastion.audit().events("connection-closed").size() == 2);
      assertThat(bastion.audit().events("connection-opened"))
          .hasSize(2)
          .allMatch(event ->
              event.json().at("/src_endpoint/ip").asString("").equals(LoadBalancer.ADDRESS));
    }
    assertThat(new AuditReader(TestBastion.auditDirectory(directory)).events("noise-summary"))
        .isEmpty();
  }
}
