package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "22 | 22 | 21 23",
        "8000-8999 | 8000 8500 8999 | 7999 9000",
        "22,80,8000-8999 | 22 80 8000 8999 | 21 79 81 7999 9000",
        "1-65535 | 1 65535 | 0 65536",
        "65535 | 65535 | 65534",
      })
  void matchesExactlyItsPorts(String text, String inside, String outside) {
    Ports ports = Samples.valid(Ports.parse(text));
    for (String port : inside.split(" ")) {
      assertThat(ports.contains(Integer.parseInt(port))).as(port).isTrue();
    }
    for (String port : outside.split(" ")) {
      assertThat(ports.contains(Integer.parseInt(port))).as(port).isFalse();
    }
    assertThat(ports).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "022",
        "65536",
        "99999",
        "100000",
        "9-8",
        "22,",
        ",22",
        "22,,80",
        "22-",
        "-22",
        "22-80-90",
        "ssh",
        "*",
        "+22",
        " 22",
        "22 ",
        "22, 80",
        "22-65536",
        "0-22",
        "\uff12\uff12"
      })
  void refusesWhatIsNoPort(String text) {
    assertThat(Ports.parse(text)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void rangesAreInOrderAndInRange() {
    assertThatThrownBy(() -> new Ports.Range(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ports.Range(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ports.Range(1, 65536))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
