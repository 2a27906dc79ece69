package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.gateway.prompt.GatewayCommand.Reading;
import java.nio.charset.StandardCharsets;

final class GatewayCommandFuzzTest {
  /** Whatever a client sends as a command is a checked target with its text, or refused. */
  @FuzzTest(maxDuration = "60s")
  void anyTextIsAGatewayCommandOrRefused(byte[] data) {
    String line = new String(data, StandardCharsets.UTF_8);
    switch (GatewayCommand.parse(line, "alice")) {
      case Reading.Understood(GatewayCommand command) ->
          GatewayCommandPropertyTest.check(line, command);
      case Reading.Refused(String sentence) -> assertThat(sentence).matches("[ -~]{10,600}");
    }
  }
}
