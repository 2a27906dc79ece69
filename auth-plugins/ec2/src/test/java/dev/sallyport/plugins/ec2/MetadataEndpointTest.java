package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataEndpointTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254",
        "http://169.254.169.254/",
        "http://169.254.169.254:80",
        "http://[fd00:ec2::254]",
        "http://[FD00:EC2::254]/",
        "http://127.0.0.1:1338",
        "http://[::1]:1338/"
      })
  void isTheAddressOfEc2OrThisMachine(String text) {
    assertThat(MetadataEndpoint.parse(text).base().getPath()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "169.254.169.254",
        "https://169.254.169.254",
        "http://localhost:1338",
        "http://metadata.example.com",
        "http://169.254.169.253",
        "http://10.0.0.2",
        "http://203.0.113.5",
        "http://[fd00:ec2::253]",
        "http://[::ffff:203.0.113.5]",
        "http://0.0.0.0",
        "http://2130706433",
        "http://0x7f.1",
        "http://127.1",
        "http://user@169.254.169.254",
        "http://169.254.169.254@203.0.113.5",
        "http://169.254.169.254/latest",
        "http://169.254.169.254?x",
        "http://169.254.169.254#x",
        "http://169.254.169.254:99999",
        "http://169.254.169.254:0",
        "file:///etc/passwd",
        "http://169.254.169.254\r\nX: y",
        "//169.254.169.254"
      })
  void isNoOther(String text) {
    assertThatThrownBy(() -> MetadataEndpoint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be http://169.254.169.254");
  }

  @Test
  void theEnvironmentIsHonouredByTheSameRule() throws Exception {
    var elsewhere = new Ec2PluginFactory(Map.of(MetadataEndpoint.VARIABLE, "http://203.0.113.5"));
    assertThatThrownBy(() -> Ec2.open(elsewhere, Map.of()))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .singleElement()
                    .extracting(PluginSettings.Fault::message)
                    .asString()
                    .startsWith("(from AWS_EC2_METADATA_SERVICE_ENDPOINT) must be"));
    try (FakeMetadata metadata = new FakeMetadata()) {
      var here = new Ec2PluginFactory(Map.of(MetadataEndpoint.VARIABLE, metadata.endpoint() + "/"));
      try (Ec2 ec2 = Ec2.open(here, Map.of())) {
        ec2.ask("alice", dev.sallyport.support.keys.TestKeys.ed25519(1));
      }
      assertThat(metadata.asked()).isNotEmpty();
    }
  }

  @Test
  void theSettingComesBeforeTheEnvironment() throws Exception {
    try (FakeMetadata metadata = new FakeMetadata()) {
      var factory = new Ec2PluginFactory(Map.of(MetadataEndpoint.VARIABLE, "nonsense"));
      try (Ec2 ec2 = Ec2.open(factory, Map.of("endpoint", metadata.endpoint()))) {
        ec2.ask("alice", dev.sallyport.support.keys.TestKeys.ed25519(1));
      }
      assertThat(metadata.asked()).isNotEmpty();
    }
  }

  @Test
  void everyFaultIsTold() {
    assertThatThrownBy(() ->
            Ec2.open(
                Map.of(
                    "endpoint",
                    "http://example.com",
                    "roots",
                    "/nowhere.pem",
                    "launch-key-users",
                    java.util.List.of("../x"),
                    "instance-connect",
                    "maybe")))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PluginSettings.Fault::key)
                    .containsExactlyInAnyOrder(
                        "endpoint", "roots", "launch-key-users", "instance-connect"));
  }
}
