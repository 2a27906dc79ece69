package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Cidr;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WideNetworksTest {
  private static List<Cidr> networks(String texts) {
    return Stream.of(texts.split(" ")).map(Cidr::parse).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.0.0.0/0                           | holds every IPv4 address
          ::/0                                | holds every IPv6 address
          0.0.0.0/1 128.0.0.0/1               | holds every IPv4 address
          10.0.0.0/8 ::/1 8000::/1            | holds every IPv6 address
          0.0.0.0/1                           | has 0.0.0.0/1, which
          192.0.0.0/8                         | has 192.0.0.0/8, which
          192.168.0.0/15                      | has 192.168.0.0/15, which
          172.0.0.0/11                        | has 172.0.0.0/11, which
          2000::/3                            | has 2000::/3, which
          10.0.0.0/16 2001:db8::/31           | has 2001:db8::/31, which
          """)
  void warnsOfTheInternet(String texts, String warning) {
    assertThat(WideNetworks.of(networks(texts)))
        .singleElement()
        .asString()
        .startsWith(warning)
        .contains("write the networks of your targets only");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7",
        "203.0.113.0/24",
        "9.9.0.0/16",
        "2600:1f18::/32 2600:1f18:1234:5600::/56",
        "127.0.0.0/8 169.254.0.0/16 fe80::/10",
      })
  void saysNothingOfNetworksThatSomebodyMayOwn(String texts) {
    assertThat(WideNetworks.of(networks(texts))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0/0, 1", "0.0.0.0/1 128.0.0.0/1, 1", "::/0 0.0.0.0/0, 2", "0.0.0.0/1, 0"})
  void warnsOfExceptionsThatLeaveNoDenial(String texts, int warnings) {
    assertThat(WideNetworks.ofExceptions(networks(texts)))
        .hasSize(warnings)
        .allMatch(one -> one.contains("no built-in denial is left"));
  }
}
