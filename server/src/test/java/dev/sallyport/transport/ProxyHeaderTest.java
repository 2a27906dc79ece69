package dev.sallyport.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.model.IpText;
import dev.sallyport.transport.ProxyHeader.Progress;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String IPV4 = "cb007107" + "0a000105" + "c822" + "0016";

  private static byte[] text(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static Progress read(byte[] bytes) {
    return ProxyHeader.read(bytes, bytes.length);
  }

  private static Progress relayed(String address, int port) {
    return new Progress.Complete(
        new ProxyHeader.Relayed(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
  }

  private static final Progress OWN = new Progress.Complete(new ProxyHeader.Own());

  @Test
  void readsVersion1() {
    assertThat(read(text("PROXY TCP4 203.0.113.7 10.0.1.5 51234 22\r\n")))
        .isEqualTo(relayed("203.0.113.7", 51234));
    assertThat(read(text("PROXY TCP6 2001:db8::7 fd00::5 65535 0\r\n")))
        .isEqualTo(relayed("2001:db8::7", 65535));
    assertThat(read(text("PROXY UNKNOWN\r\n"))).isEqualTo(OWN);
    assertThat(read(text("PROXY UNKNOWN " + "f".repeat(91) + "\r\n"))).isEqualTo(OWN);
  }

  @Test
  void readsVersion2() {
    assertThat(read(hex(SIGNATURE + "2111000c" + IPV4))).isEqualTo(relayed("203.0.113.7", 51234));
    assertThat(
            read(
                hex(
                    SIGNATURE
                        + "21210024"
                        + "20010db8000000000000000000000007"
                        + "fd000000000000000000000000000005"
                        + "ffff0016")))
        .isEqualTo(relayed("2001:db8::7", 65535));
    assertThat(read(hex(SIGNATURE + "20000000"))).isEqualTo(OWN);
    // The block of LOCAL is skipped, whatever it is.
    assertThat(read(hex(SIGNATURE + "20110003" + "ffffff"))).isEqualTo(OWN);
  }

  @Test
  void mappedAddressesAreIpv4() {
    assertThat(read(text("PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2\r\n")))
        .isEqualTo(relayed("203.0.113.7", 1));
    assertThat(
            read(
                hex(
                    SIGNATURE
                        + "21210024"
                        + "00000000000000000000ffffcb007107"
                        + "00".repeat(16)
                        + "00010002")))
        .isEqualTo(relayed("203.0.113.7", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "PROXX",
        "proxy TCP4 203.0.113.7 10.0.1.5 1 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 1 2\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 1 2\rX",
        "PROXY TCP4 203.0.113.7 10.0.1.5 1\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 1 2 3\r\n",
        "PROXY TCP4  203.0.113.7 10.0.1.5 1 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 1 2 \r\n",
        "PROXY TCP4 203.0.113.7\t10.0.1.5 1 2\r\n",
        "PROXY TCP4 203.0.113.07 10.0.1.5 1 2\r\n",
        "PROXY TCP4 203.0.113 10.0.1.5 1 2\r\n",
        "PROXY TCP4 localhost 10.0.1.5 1 2\r\n",
        "PROXY TCP4 2001:db8::7 fd00::5 1 2\r\n",
        "PROXY TCP6 203.0.113.7 10.0.1.5 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 65536 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 -1 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 01 2\r\n",
        "PROXY TCP4 203.0.113.7 10.0.1.5 +1 2\r\n",
        "PROXY TCP4 0.0.0.0 10.0.1.5 1 2\r\n",
        "PROXY TCP4 224.0.0.1 10.0.1.5 1 2\r\n",
        "PROXY UDP4 203.0.113.7 10.0.1.5 1 2\r\n",
        "PROXY unknown\r\n",
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY UNKNOWN \u00fc\r\n",
      })
  void refusesWhatIsNotExactlyALineOfVersion1(String line) {
    assertThat(read(text(line))).isInstanceOf(Progress.Malformed.class);
  }

  @Test
  void refusesALineThatHasNoEndWithin107Bytes() {
    String line = "PROXY UNKNOWN " + "f".repeat(93);
    assertThat(line).hasSize(107);
    assertThat(read(text(line.substring(0, 106)))).isEqualTo(new Progress.More(1));
    assertThat(read(text(line))).isInstanceOf(Progress.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1111000c" + IPV4, // version 1
        "3111000c" + IPV4,
        "2211000c" + IPV4, // no such command
        "2112000c" + IPV4, // UDP
        "213100d8", // a Unix socket; the rest does not matter
        "2100000c" + IPV4, // unspecified, but relayed
        "2141000c" + IPV4,
        "2111000b" + "cb0071070a000105c82200", // too short
        "2121000c" + IPV4,
        "21111001", // more than we read
        "2111ffff",
        "2111000e" + IPV4 + "0400", // half a TLV
        "2111000f" + IPV4 + "040001", // a TLV without its value
        "2111000c" + "00000000" + "0a000105c8220016",
        "21110013" + IPV4 + "030004" + "00000000", // a checksum that does not hold
        "21110010" + IPV4 + "03000100", // a checksum of one byte
      })
  void refusesWhatIsNotExactlyABlockOfVersion2(String rest) {
    byte[] block = Arrays.copyOf(hex(SIGNATURE + rest), Math.max(232, 16 + rest.length() / 2));
    int length = 12 + rest.length() / 2;
    int whole = rest.startsWith("2131") ? 232 : length;
    assertThat(ProxyHeader.read(block, whole)).isInstanceOf(Progress.Malformed.class);
  }

  private static byte[] checksummed(byte[] header, int at) {
    byte[] whole = header.clone();
    CRC32C sum = new CRC32C();
    sum.update(whole);
    ByteBuffer.wrap(whole).putInt(at, (int) sum.getValue());
    return whole;
  }

  @Test
  void verifiesTheChecksumIfThereIsOne() {
    byte[] header =
        checksummed(hex(SIGNATURE + "21110018" + IPV4 + "04000200ff" + "030004" + "00000000"), 36);
    assertThat(read(header)).isEqualTo(relayed("203.0.113.7", 51234));
    for (int i = 12; i < header.length; i++) {
      if (i == 33) {
        continue; // The type: of another type it is no checksum, and there need not be one.
      }
      byte[] changed = header.clone();
      changed[i] ^= 0x01;
      assertThat(read(changed)).as("byte %d", i).isNotEqualTo(relayed("203.0.113.7", 51234));
    }
  }

  /** As {@link PendingHeaders} does: never more than may be read. */
  private static Progress inPieces(byte[] stream, Fuzz fuzz) {
    int length = 0;
    while (true) {
      Progress progress = ProxyHeader.read(stream, length);
      if (!(progress instanceof Progress.More(int wanted)) || length == stream.length) {
        return progress;
      }
      assertThat(wanted).isPositive();
      length += Math.min(stream.length - length, 1 + fuzz.below(wanted));
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] header(Fuzz fuzz, InetAddress source, int port) {
    boolean ipv4 = source instanceof Inet4Address;
    if (fuzz.below(2) == 0) {
      String line =
          "PROXY %s %s %s %d 22\r\n"
              .formatted(
                  ipv4 ? "TCP4" : "TCP6",
                  IpText.format(source),
                  ipv4 ? "10.0.1.5" : "fd00::5",
                  port);
      return text(line);
    }
    byte[] more = new byte[fuzz.below(40)];
    byte[] tlv = join(new byte[] {0x05, 0, (byte) more.length}, more);
    int size = source.getAddress().length;
    int rest = 2 * size + 4 + tlv.length;
    return join(
        hex(SIGNATURE),
        new byte[] {0x21, (byte) (ipv4 ? 0x11 : 0x21), (byte) (rest >> 8), (byte) rest},
        source.getAddress(),
        new byte[size],
        new byte[] {(byte) (port >> 8), (byte) port, 0, 22},
        tlv);
  }

  @Test
  void readsEveryHeaderInAnyPiecesAndNoByteBehindIt() {
    Fuzz.run(
        20_000,
        (fuzz, round) -> {
          InetAddress source = fuzz.address();
          if (source.isAnyLocalAddress() || source.isMulticastAddress()) {
            return;
          }
          int port = fuzz.below(65536);
          byte[] header = header(fuzz, source, port);
          assertThat(inPieces(header, fuzz))
              .isEqualTo(
                  new Progress.Complete(
                      new ProxyHeader.Relayed(new InetSocketAddress(source, port))));
          for (int length = 0; length < header.length; length++) {
            // What may be read never goes beyond the header, at whatever point it is cut.
            assertThat(ProxyHeader.read(header, length))
                .isInstanceOfSatisfying(
                    Progress.More.class, more -> assertThat(more.bytes()).isPositive());
            Progress.More more = (Progress.More) ProxyHeader.read(header, length);
            assertThat(length + more.bytes()).isLessThanOrEqualTo(header.length);
          }
        });
  }

  @Test
  void anyBytesAreAHeaderOrRefusedInSafeWordsWithinTheBound() {
    List<String> corpus =
        List.of(
            "PROXY TCP4 203.0.113.7 10.0.1.5 51234 22\r\n",
            "PROXY TCP6 2001:db8::7 fd00::5 65535 0\r\n",
            "PROXY UNKNOWN\r\n",
            new String(hex(SIGNATURE + "2111000c" + IPV4), ISO_8859_1),
            new String(hex(SIGNATURE + "20000000"), ISO_8859_1));
    Fuzz.run(
        200_000,
        (fuzz, round) -> {
          byte[] stream = text(fuzz.mutate(corpus));
          switch (inPieces(stream, fuzz)) {
            case Progress.Complete complete -> {}
            case Progress.Malformed(String reason) -> assertThat(reason).matches("[ -~]+");
            case Progress.More(int bytes) ->
                assertThat(stream.length + bytes).isLessThanOrEqualTo(ProxyHeaderV2.LARGEST);
          }
        });
  }
}
