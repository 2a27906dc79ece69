package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Fuzz;
import dev.sallyport.spi.Cidr;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "0.0.0.0/0, 0.0.0.0/0",
    "10.1.2.3, 10.1.2.3",
    "10.1.2.3/32, 10.1.2.3",
    "10.1.2.2/31, 10.1.2.2/31",
    "::/0, ::/0",
    "FD00::/8, fd00::/8",
    "fd00::5, fd00::5",
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:0:0/96, 0.0.0.0/0",
    "::ffff:10.0.0.5, 10.0.0.5",
    "::ffff:10.0.0.5/128, 10.0.0.5",
  })
  void readsNetworks(String text, String canonical) {
    assertThat(cidr(text)).hasToString(canonical);
    assertThat(cidr(canonical)).isEqualTo(cidr(text));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1/8, write 10.0.0.0/8",
    "fd00::1/8, write fd00::/8",
    "10.0.0.3/31, write 10.0.0.2/31",
    "::ffff:10.0.0.1/104, write 10.0.0.0/8",
    "10.0.0.0/33, between 0 and 32",
    "::/129, between 0 and 128",
    "::ffff:10.0.0.0/8, between 96 and 128",
    "10.0.0.0/, between 0 and 32",
    "10.0.0.0/08, between 0 and 32",
    "10.0.0.0/-1, between 0 and 32",
    "10.0.0.0/8/8, between 0 and 32",
    "10.0.0.0/255.0.0.0, between 0 and 32",
    "10.0.0.0/99999999999, between 0 and 32",
    "10.0/16, not a network",
    "010.0.0.0/8, not a network",
    "db.internal/8, not a network",
    "[fd00::]/8, not a network",
    "fe80::%eth0/10, not a network",
    "'', not a network",
    "/8, not a network",
  })
  void refusesWhatIsNoNetworkAndSaysWhatToWrite(String text, String part) {
    assertThat(IpText.network(text))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, malformed -> assertThat(malformed.reason()).contains(part));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.2.128/25, 10.0.2.128, true",
    "10.0.2.128/25, 10.0.2.255, true",
    "10.0.2.128/25, 10.0.2.127, false",
    "10.0.2.128/25, 10.0.3.128, false",
    "10.0.2.4/30, 10.0.2.7, true",
    "10.0.2.4/30, 10.0.2.8, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 10.0.0.1, false",
    "::/0, ffff::1, true",
    "10.0.0.5/32, 10.0.0.5, true",
    "10.0.0.5/32, 10.0.0.4, false",
    "fe80::/10, febf::1, true",
    "fe80::/10, fec0::1, false",
    "fd00::/8, fdff::, true",
  })
  void containsItsAddressesAndNoOthers(String network, String address, boolean contained) {
    assertThat(cidr(network).contains(address(address))).isEqualTo(contained);
  }

  @Test
  void takesAMappedAddressForTheIpv4AddressItStandsFor() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    InetAddress address = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(cidr("10.0.0.0/8").contains(address)).isTrue();
    assertThat(cidr("::/0").contains(address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.1.0.0/16, 10.0.0.0/8, true",
    "10.1.0.0/16, 10.2.0.0/16, false",
    "0.0.0.0/0, ::/0, false",
  })
  void overlapsWhenAnAddressIsInBoth(String one, String other, boolean overlaps) {
    assertThat(cidr(one).overlaps(cidr(other))).isEqualTo(overlaps);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 33})
  void cannotBeMadeWithAPrefixOutOfRange(int prefix) {
    assertThatThrownBy(() -> new Cidr(address("0.0.0.0"), prefix))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cannotBeMadeWithBitsAfterThePrefix() {
    assertThatThrownBy(() -> new Cidr(address("10.0.0.1"), 31))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void agreesWithArithmeticOnEveryAddress() {
    Fuzz.run(
        100_000,
        (fuzz, round) -> {
          InetAddress base = fuzz.address();
          int bits = base.getAddress().length * 8;
          int prefix = fuzz.below(bits + 1);
          BigInteger start =
              new BigInteger(1, base.getAddress())
                  .shiftRight(bits - prefix)
                  .shiftLeft(bits - prefix);
          byte[] network = new byte[bits / 8];
          byte[] magnitude = start.toByteArray();
          int length = Math.min(magnitude.length, network.length);
          System.arraycopy(
              magnitude, magnitude.length - length, network, network.length - length, length);
          Cidr cidr = new Cidr(IpText.address(network), prefix);
          assertThat(cidr.contains(base)).isTrue();
          // A neighbour that differs in one bit is inside exactly if that bit is after the prefix.
          int bit = fuzz.below(bits);
          byte[] neighbour = base.getAddress();
          neighbour[bit / 8] ^= (byte) (0x80 >> (bit % 8));
          assertThat(cidr.contains(IpText.address(neighbour)))
              .as("%s %s bit %d", cidr, base, bit)
              .isEqualTo(bit >= prefix);
        });
  }

  private static Cidr cidr(String text) {
    return Cidr.parse(text);
  }

  private static InetAddress address(String text) {
    return IpText.parse(text).orElseThrow();
  }
}
