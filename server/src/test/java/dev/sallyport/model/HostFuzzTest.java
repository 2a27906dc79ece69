package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

final class HostFuzzTest {
  /** Whatever a client sends as a host is an address, a checked name, or refused in safe words. */
  @FuzzTest(maxDuration = "60s")
  void anyTextIsAnAddressANameOrRefused(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    switch (Host.parse(text)) {
      case Parsed.Valid<Host>(Host.Address(var address)) ->
          // An address has one spelling of ours, and that is the same address.
          assertThat(Host.parse(IpText.format(address)))
              .isEqualTo(new Parsed.Valid<Host>(new Host.Address(address)));
      case Parsed.Valid<Host>(Host.Name name) ->
          assertThat(name.name()).matches("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
      case Parsed.Malformed<Host>(String reason) -> assertThat(reason).matches("[ -~]+");
    }
    IpText.network(text);
  }
}
