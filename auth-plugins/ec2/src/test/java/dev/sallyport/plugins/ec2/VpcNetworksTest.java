package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.NetworkSource;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VpcNetworksTest {
  private static final String FIRST = "0e:49:61:0f:c3:11";
  private static final String SECOND = "0e:49:61:0f:c3:12";
  private static final String MACS = "meta-data/network/interfaces/macs/";

  private FakeMetadata metadata;
  private MetadataClient client;
  private VpcNetworks networks;

  @BeforeEach
  void start() throws Exception {
    metadata = new FakeMetadata();
    client = new MetadataClient(MetadataEndpoint.parse(metadata.endpoint()));
    networks = new VpcNetworks(client);
    metadata
        .put(MACS, FIRST + "/\n" + SECOND + "/")
        .put(MACS + FIRST + "/vpc-ipv4-cidr-blocks", "10.0.0.0/16\n10.1.0.0/16")
        .put(MACS + FIRST + "/vpc-ipv6-cidr-blocks", "2001:db8:1234:1a00::/56")
        .put(MACS + FIRST + "/local-ipv4s", "10.0.1.5\n10.0.1.6")
        .put(MACS + FIRST + "/public-ipv4s", "203.0.113.25")
        .put(MACS + FIRST + "/ipv6s", "2001:db8:1234:1a00::5")
        .put(MACS + SECOND + "/vpc-ipv4-cidr-blocks", "10.2.0.0/20")
        .put(MACS + SECOND + "/local-ipv4s", "10.2.0.5");
  }

  @AfterEach
  void stop() {
    client.close();
    metadata.close();
  }

  @Test
  void areTheBlocksOfEveryInterfaceAndItsAddresses() throws Exception {
    assertThat(networks.networks(Duration.ZERO))
        .isEqualTo(
            new NetworkSource.Networks(
                Set.of("10.0.0.0/16", "10.1.0.0/16", "2001:db8:1234:1a00::/56", "10.2.0.0/20"),
                Set.of(
                    InetAddress.ofLiteral("10.0.1.5"),
                    InetAddress.ofLiteral("10.0.1.6"),
                    InetAddress.ofLiteral("203.0.113.25"),
                    InetAddress.ofLiteral("2001:db8:1234:1a00::5"),
                    InetAddress.ofLiteral("10.2.0.5"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0",
        "10.0.0.0/15",
        "::/0",
        "2001:db8::/32",
        "10.0.0.1/16",
        "vpc",
        "<html>",
        "10.0.0.0/16 10.1.0.0/16",
        "*"
      })
  void areNoneThatAVpcCannotHave(String block) {
    metadata.put(MACS + SECOND + "/vpc-ipv4-cidr-blocks", "10.2.0.0/16\n" + block);
    assertThatThrownBy(() -> networks.networks(Duration.ZERO))
        .isInstanceOf(IOException.class)
        .message()
        .startsWith("the instance metadata service at " + metadata.endpoint() + " names ")
        .contains("network");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "../../x/", "0e:49:61:0f:c3/", "0E:49:61:0F:C3:11/"})
  void areNotOfAnInterfaceThatIsNone(String mac) {
    metadata.put(MACS, mac);
    assertThatThrownBy(() -> networks.networks(Duration.ZERO)).isInstanceOf(IOException.class);
    assertThat(metadata.asked()).hasSize(2);
  }

  @Test
  void areNothingWithoutANetwork() {
    metadata.put(MACS, SECOND + "/").remove(MACS + SECOND + "/vpc-ipv4-cidr-blocks");
    assertThatThrownBy(() -> networks.networks(Duration.ZERO))
        .hasMessageContaining("names no network of the VPC");
  }

  @Test
  void areAwaitedWhileTheServiceComesUp() throws Exception {
    metadata.remove(MACS).putLater(MACS, FIRST + "/", 2);
    assertThat(networks.networks(Duration.ofMinutes(1)).privateNetworks()).contains("10.0.0.0/16");
  }
}
