package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import dev.sallyport.spi.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SourceNetworkTest {
  private static SourceNetwork of(String address) {
    return SourceNetwork.of(InetAddress.ofLiteral(address));
  }

  @Test
  void anIpv4AddressIsASourceOfItsOwn() {
    assertThat(of("203.0.113.7")).isEqualTo(of("203.0.113.7")).isNotEqualTo(of("203.0.113.8"));
    assertThat(of("203.0.113.7").text()).isEqualTo("203.0.113.7");
    assertThat(of("0.0.0.1")).isNotEqualTo(of("0:0:0:1::"));
  }

  @Test
  void anIpv6SubscriberIsOneSource() {
    assertThat(of("2001:db8:0:1::1"))
        .isEqualTo(of("2001:db8:0:1:ffff::2"))
        .isNotEqualTo(of("2001:db8:0:2::1"));
    assertThat(of("2001:db8:0:1::1").text()).isEqualTo("2001:db8:0:1::/64");
  }

  @Test
  void aMappedAddressIsIpv4() {
    assertThat(of("::ffff:203.0.113.7")).isEqualTo(of("203.0.113.7"));
  }

  @Test
  void addressesAreOneSourceWhenTheNetworkOfOneHoldsTheOther() {
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          InetAddress one = fuzz.address();
          InetAddress other = fuzz.address();
          String text = SourceNetwork.of(one).text();
          Cidr network = Cidr.parse(text);
          assertThat(network.contains(one)).as(text).isTrue();
          assertThat(network.prefix()).isEqualTo(one instanceof Inet4Address ? 32 : 64);
          assertThat(SourceNetwork.of(other).equals(SourceNetwork.of(one)))
              .as("%s %s", one, other)
              .isEqualTo(network.contains(other));
        });
  }
}
