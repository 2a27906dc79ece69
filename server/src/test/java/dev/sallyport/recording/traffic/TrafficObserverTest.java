package dev.sallyport.recording.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TrafficObserverTest {
  private long now = 5_000_000_000L;
  private final TrafficObserver observer = new TrafficObserver(() -> now);

  @Test
  void countsBytesAndReadsOfEachSecond() {
    observer.toTarget(bytes("abc"));
    observer.fromTarget(bytes("x"));
    observer.fromTarget(bytes("yz"));
    now += 2_500_000_000L;
    observer.toTarget(bytes("d"));
    Duration second = Duration.ofSeconds(1);
    assertThat(observer.traffic().samples())
        .containsExactly(
            new Sample(Duration.ZERO, second, 3, 1, 3, 2),
            new Sample(second, second, 0, 0, 0, 0),
            new Sample(Duration.ofSeconds(2), second, 1, 1, 0, 0));
  }

  @Test
  void keepsFewSamplesHoweverLongAForwardStays() {
    Fuzz.run(
        200,
        (fuzz, round) -> {
          long[] clock = {fuzz.below(1_000_000)};
          TrafficObserver other = new TrafficObserver(() -> clock[0]);
          long out = 0;
          long in = 0;
          for (int i = 0; i < 300; i++) {
            clock[0] += (long) fuzz.below(1_000_000_000) << fuzz.below(20);
            int count = fuzz.below(100);
            if (fuzz.below(2) == 0) {
              out += count;
              other.toTarget(ByteBuffer.allocate(count));
            } else {
              in += count;
              other.fromTarget(ByteBuffer.allocate(count));
            }
          }
          List<Sample> samples = other.traffic().samples();
          assertThat(samples).hasSizeLessThanOrEqualTo(64);
          assertThat(samples.stream().mapToLong(Sample::bytesToTarget).sum()).isEqualTo(out);
          assertThat(samples.stream().mapToLong(Sample::bytesFromTarget).sum()).isEqualTo(in);
          assertThat(
                  samples.stream()
                      .mapToLong(sample -> sample.readsToTarget() + sample.readsFromTarget())
                      .sum())
              .isEqualTo(300);
          assertThat(samples).allMatch(sample -> sample.width().equals(samples.getFirst().width()));
          assertThat(
                  samples.getLast().bytesToTarget()
                      + samples.getLast().readsToTarget()
                      + samples.getLast().readsFromTarget())
              .isPositive();
        });
  }

  @Test
  void leavesTheBuffersAsTheyAre() {
    ByteBuffer data =
        ByteBuffer.wrap("..GET / HTTP/1.1\r\n..".getBytes(StandardCharsets.UTF_8), 2, 16);
    observer.toTarget(data.asReadOnlyBuffer());
    observer.toTarget(data);
    assertThat(data.position()).isEqualTo(2);
    assertThat(data.limit()).isEqualTo(18);
    assertThat(observer.traffic().protocol()).isEqualTo("http");
  }

  static Stream<Arguments> protocols() {
    return Stream.of(
        Arguments.of("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "http"),
        Arguments.of("\0\0\0\10\4\322\26/", "S", "postgresql"),
        Arguments.of("\0\0\0\25\0\3\0\0user\0a\0\0", "R", "postgresql"),
        Arguments.of("", "J\0\0\0\n8.0.36\0........", "mysql"),
        Arguments.of("\3\0\0\23\16\340\0\0\0\0\0", "\3\0\0\23\16\320\0\0", "rdp"),
        Arguments.of("*1\r\n$4\r\nPING\r\n", "+PONG\r\n", "redis"),
        Arguments.of("RFB 003.008\n", "RFB 003.008\n", "vnc"),
        Arguments.of("EHLO a\r\n", "220 mail.internal ESMTP Postfix\r\n", "smtp"),
        Arguments.of("GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "http or ssh"),
        Arguments.of("\1\2\3\4\5\6\7\10", "\1\2", "unknown"),
        Arguments.of("", "", "unknown"));
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void guessesTheProtocolHoweverTheBytesAreCut(String client, String target, String expected) {
    for (int piece = 1; piece <= 32; piece++) {
      TrafficObserver other = new TrafficObserver(() -> 0);
      for (ByteBuffer part : cut(client, piece)) {
        other.toTarget(part);
      }
      for (ByteBuffer part : cut(target, piece)) {
        other.fromTarget(part);
      }
      assertThat(other.traffic().protocol()).as("pieces of %d", piece).isEqualTo(expected);
    }
  }

  private static List<ByteBuffer> cut(String text, int piece) {
    byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
    return Stream.iterate(0, at -> at < all.length, at -> at + piece)
        .map(at -> ByteBuffer.wrap(all, at, Math.min(piece, all.length - at)))
        .toList();
  }

  @Test
  void tellsTheNameThatATlsClientAsksFor() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("db.internal", 443);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("db.internal")));
    engine.setSSLParameters(parameters);
    engine.setUseClientMode(true);
    engine.beginHandshake();
    ByteBuffer hello = ByteBuffer.allocate(20_000);
    engine.wrap(ByteBuffer.allocate(0), hello);
    observer.toTarget(hello.flip());
    Traffic traffic = observer.traffic();
    assertThat(traffic.protocol()).isEqualTo("tls");
    assertThat(traffic.client()).contains(new Glimpse.Tls(Optional.of("db.internal")));
  }

  @Test
  void readsAVersionAfterTheLinesThatAServerMaySendFirst() {
    observer.fromTarget(bytes("Welcome\r\nto this\r\nSSH-2.0-x_1 a comment\r\n"));
    assertThat(observer.traffic().target())
        .contains(new Glimpse.Ssh("SSH-2.0-x_1 a comment", Optional.empty()));
  }

  @Test
  void escapesWhatTheSidesCallThemselves() {
    observer.toTarget(bytes("SSH-2.0-\u001b[2J\u0007\r\n"));
    assertThat(observer.traffic().client())
        .contains(new Glimpse.Ssh("SSH-2.0-\\u001b[2J\\u0007", Optional.empty()));
    String longest = "SSH-2.0-" + "x".repeat(20_000);
    observer.fromTarget(bytes(longest));
    assertThat(observer.traffic().target())
        .hasValueSatisfying(glimpse -> {
          if (glimpse instanceof Glimpse.Ssh(String version, Optional<Hassh> hassh)) {
            assertThat(version).hasSizeLessThan(300);
            assertThat(hassh).isEmpty();
          }
        });
  }

  @Test
  void takesNoFingerprintFromNamesThatAreNotPrintable() throws Exception {
    observer.toTarget(bytes("SSH-2.0-x\r\n"));
    observer.toTarget(ByteBuffer.wrap(kexInit("a,b\u001b[2J")));
    assertThat(observer.traffic().client())
        .contains(new Glimpse.Ssh("SSH-2.0-x", Optional.empty()));
    TrafficObserver other = new TrafficObserver(() -> 0);
    other.toTarget(bytes("SSH-2.0-x\r\n"));
    other.toTarget(ByteBuffer.wrap(kexInit("a,b")));
    assertThat(other.traffic().client())
        .contains(new Glimpse.Ssh("SSH-2.0-x", Optional.of(Hassh.of("a,b", "n2", "n4", "n6"))));
  }

  private static byte[] kexInit(String kex) throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(payload);
    out.writeByte(20);
    out.write(new byte[16]);
    for (int i = 0; i < 10; i++) {
      byte[] names = (i == 0 ? kex : "n" + i).getBytes(StandardCharsets.US_ASCII);
      out.writeInt(names.length);
      out.write(names);
    }
    out.write(new byte[5]);
    ByteBuffer packet = ByteBuffer.allocate(5 + payload.size() + 4);
    packet.putInt(1 + payload.size() + 4).put((byte) 4).put(payload.toByteArray());
    return packet.array();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
