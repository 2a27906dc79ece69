package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Decision 4, in every spelling that an address can be given. */
class BuiltInDenialsTest {
  private static final InetAddress OWN_V4 = Samples.address("10.0.1.10");
  private static final InetAddress OWN_V6 = Samples.address("fd00:1::10");

  /** First, last and in between; the public address of a bastion as well as a private one. */
  private static final Map<Reason, List<String>> V4 =
      Map.of(
          Reason.LOOPBACK, List.of("127.0.0.0", "127.0.0.1", "127.1.2.3", "127.255.255.255"),
          Reason.UNSPECIFIED, List.of("0.0.0.0", "0.0.0.1", "0.255.255.255"),
          Reason.LINK_LOCAL,
              List.of("169.254.0.0", "169.254.169.253", "169.254.170.2", "169.254.255.255"),
          Reason.MULTICAST, List.of("224.0.0.0", "224.0.0.1", "239.255.255.255"),
          Reason.BROADCAST, List.of("255.255.255.255"),
          Reason.METADATA_SERVICE, List.of("169.254.169.254"),
          Reason.OWN_ADDRESS, List.of("10.0.1.10"));

  private static final Map<Reason, List<String>> V6 =
      Map.of(
          Reason.LOOPBACK, List.of("::1", "0:0:0:0:0:0:0:1", "0000::0001", "::0.0.0.1"),
          Reason.UNSPECIFIED, List.of("::", "0:0:0:0:0:0:0:0", "::0.0.0.0"),
          Reason.LINK_LOCAL, List.of("fe80::", "fe80::1", "FE80::1", "febf:ffff::1"),
          Reason.MULTICAST, List.of("ff00::", "ff02::1", "ff0e::1", "ffff::1"),
          Reason.METADATA_SERVICE, List.of("fd00:ec2::254", "FD00:0EC2:0::0254"),
          Reason.OWN_ADDRESS, List.of("fd00:1::10", "fd00:1:0:0:0:0:0:10"));

  static Stream<Arguments> everySpelling() {
    Stream<Arguments> fours =
        V4.entrySet().stream()
            .flatMap(entry ->
                entry.getValue().stream()
                    .flatMap(v4 -> Stream.concat(Stream.of(v4), embeddings(v4)))
                    .map(text -> Arguments.of(entry.getKey(), text)));
    Stream<Arguments> sixes =
        V6.entrySet().stream()
            .flatMap(
                entry -> entry.getValue().stream().map(text -> Arguments.of(entry.getKey(), text)));
    return Stream.concat(fours, sixes);
  }

  static Stream<Arguments> harmless() {
    return Stream.of("10.0.2.5", "192.168.1.1", "1.0.0.0", "126.255.255.255", "128.0.0.1")
        .flatMap(v4 ->
            Stream.of(Stream.of(v4), embeddings(v4), localNat64(v4).stream())
                .flatMap(texts -> texts))
        .map(Arguments::of);
  }

  /** Every way an IPv6 address carries {@code v4}; texts as a user would type them. */
  private static Stream<String> embeddings(String v4) {
    byte[] b = Samples.address(v4).getAddress();
    String high = hex(b[0], b[1]);
    String low = hex(b[2], b[3]);
    String inverted = hex(~b[0], ~b[1]) + ":" + hex(~b[2], ~b[3]);
    Stream<String> forms =
        Stream.of(
            "::ffff:" + v4,
            "::FFFF:" + high + ":" + low,
            "0:0:0:0:0:ffff:" + high + ":" + low,
            "::ffff:0:" + v4,
            "::ffff:0:" + high + ":" + low,
            "64:ff9b::" + v4,
            "0064:FF9B:0:0:0:0:" + high + ":" + low,
            "64:ff9b:1::" + v4,
            "2002:" + high + ":" + low + "::1",
            "2002:" + high + ":" + low + ":1:2:3:4:5",
            "2001:0:" + high + ":" + low + ":0:0:f5ff:fdfa",
            "2001:0:a00:205:8000:1234:" + inverted,
            "fd00:2::5efe:" + v4,
            "fd00:2:0:0:0:5efe:" + high + ":" + low,
            "2600::200:5efe:" + v4);
    // ::0.0.0.0 and ::0.0.0.1 are the unspecified and the loopback address of IPv6.
    return v4.startsWith("0.0.0.") ? forms : Stream.concat(forms, Stream.of("::" + v4));
  }

  /** Local-use NAT64 with prefixes of 64, 56 and 48 bits (RFC 6052, section 2.2). */
  private static List<String> localNat64(String v4) {
    byte[] b = Samples.address(v4).getAddress();
    return List.of(
        "64:ff9b:1:1:" + hex(0, b[0]) + ":" + hex(b[1], b[2]) + ":" + hex(b[3], 0) + ":0",
        "64:ff9b:1:" + hex(1, b[0]) + ":" + hex(0, b[1]) + ":" + hex(b[2], b[3]) + "::",
        "64:ff9b:1:" + hex(b[0], b[1]) + ":" + hex(0, b[2]) + ":" + hex(b[3], 0) + "::");
  }

  private static String hex(int high, int low) {
    return Integer.toHexString((high & 0xff) << 8 | (low & 0xff));
  }

  @ParameterizedTest
  @MethodSource("everySpelling")
  void deniesEveryCategoryInEverySpelling(Reason reason, String text) {
    InetAddress address = literal(text);
    assertThat(denials().of(address))
        .hasValueSatisfying(denied -> assertThat(denied.reason()).isEqualTo(reason));
    Rule everything = Samples.rule("everything", "0.0.0.0/0:1-65535", "[::/0]:1-65535");
    assertThat(
            Samples.policy(everything)
                .decide(
                    new Request(
                        Samples.ALICE,
                        Samples.SOURCE,
                        Samples.NOW,
                        new Host.Address(address),
                        address,
                        80),
                    Set.of(OWN_V4, OWN_V6)))
        .isInstanceOf(AddressDecision.Denied.class);
  }

  static Stream<Arguments> everyLength() {
    return V4.entrySet().stream()
        .filter(entry -> entry.getKey() != Reason.UNSPECIFIED)
        .flatMap(entry -> entry.getValue().stream())
        .flatMap(v4 -> localNat64(v4).stream())
        .map(Arguments::of);
  }

  /** Which prefix is in use is unknown, so another reading may be the one that is named. */
  @ParameterizedTest
  @MethodSource("everyLength")
  void deniesTheLocalNat64PrefixesOfEveryLength(String text) {
    assertThat(denials().of(literal(text))).isPresent();
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void deniesNothingElse(String text) {
    assertThat(denials().of(literal(text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1.0.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "223.255.255.255",
    "240.0.0.0",
    "255.255.255.254",
    "::2:0:0",
    "fe7f::1",
    "fec0::1",
    "feff::1",
    "fd00:ec2::253",
    "10.0.1.11",
    "fd00:1::11",
    "64:ff9a::7f00:1",
    "64:ff9b::1:7f00:1",
    "64:ff9b:2::7f00:1",
    "2001:1::7f00:1",
    "2003:7f00:1::",
    "fd00:2::5eff:7f00:1",
    "fd00:2::100:5efe:7f00:1",
  })
  void endsEveryCategoryWhereItEnds(String text) {
    assertThat(denials().of(literal(text))).isEmpty();
  }

  @Test
  void namesTheEmbeddedAddressThatIsMeant() {
    assertThat(denials().of(literal("64:ff9b::127.0.0.1")))
        .contains(new AddressDecision.Denied(Reason.LOOPBACK, literal("127.0.0.1")));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.0.0.1, false",
    "127.0.0.1, 127.0.0.2, true",
    "::1, ::1, false",
    "::1, 127.0.0.1, true",
    "169.254.169.254, 169.254.169.254, false",
    "10.0.1.10, 10.0.1.10, false",
    "10.0.1.0/24, 10.0.1.10, false",
    "127.0.0.0/8, ::ffff:127.0.0.1, false",
    // Each address is excused by itself: the carried one and the one that carries it.
    "127.0.0.0/8, 64:ff9b::127.0.0.1, false",
    "64:ff9b::/96, 64:ff9b::127.0.0.1, true",
    "::/0, 64:ff9b::127.0.0.1, true",
    "::/0, ::1, false",
    "127.0.0.0/8, fe80::5efe:127.0.0.1, true",
  })
  void isExcusedByUnsafeNetworksOnly(String unsafe, String text, boolean denied) {
    BuiltInDenials denials =
        new BuiltInDenials(Samples.networks(unsafe), List.of(Set.of(OWN_V4, OWN_V6)));
    assertThat(denials.of(literal(text)).isPresent()).isEqualTo(denied);
  }

  @Test
  void holdsForAMappedAddressThatTheJdkDidNotUnwrap() throws Exception {
    byte[] bytes = new byte[16];
    bytes[10] = bytes[11] = (byte) 0xff;
    bytes[12] = 127;
    bytes[15] = 1;
    InetAddress mapped = java.net.Inet6Address.getByAddress(null, bytes, -1);
    assertThat(mapped).isNotInstanceOf(Inet4Address.class);
    assertThat(denials().of(mapped))
        .contains(new AddressDecision.Denied(Reason.LOOPBACK, literal("127.0.0.1")));
    assertThat(EmbeddedIpv4.in(mapped)).containsExactly(literal("127.0.0.1"));
  }

  @Test
  void ownAddressesAreTheListedAndThoseOfTheInterfaces() {
    Policy policy =
        new Policy(
            Samples.networks("0.0.0.0/0"),
            List.of(),
            Set.of(Samples.address("198.51.100.7")),
            List.of(Samples.rule("all", "0.0.0.0/0:22")));
    Set<InetAddress> interfaces = Set.of(Samples.address("10.0.1.10"));
    assertThat(Samples.outcome(policy.decide(Samples.request("198.51.100.7", 22), interfaces)))
        .isEqualTo("own-address");
    assertThat(Samples.outcome(policy.decide(Samples.request("10.0.1.10", 22), interfaces)))
        .isEqualTo("own-address");
    assertThat(Samples.outcome(policy.decide(Samples.request("10.0.1.11", 22), interfaces)))
        .isEqualTo("all");
  }

  private static BuiltInDenials denials() {
    return new BuiltInDenials(List.of(), List.of(Set.of(OWN_V4), Set.of(OWN_V6)));
  }

  private static InetAddress literal(String text) {
    assertThat(IpText.parse(text)).as(text).isPresent();
    return switch (Host.parse(text)) {
      case Parsed.Valid<Host>(Host.Address(InetAddress address)) -> address;
      case Parsed.Valid<Host>(Host.Name name) -> throw new AssertionError(name);
      case Parsed.Malformed<Host>(String reason) -> throw new AssertionError(text + " " + reason);
    };
  }
}
