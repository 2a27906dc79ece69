package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermittedDestinationTest {
  @Test
  void readsHostsAndPortsAsSshdDoes() {
    assertThat(PermittedDestination.parse("10.0.3.15:5432"))
        .contains(new PermittedDestination("10.0.3.15", OptionalInt.of(5432)));
    assertThat(PermittedDestination.parse("[fd00::15]:22"))
        .contains(new PermittedDestination("fd00::15", OptionalInt.of(22)));
    assertThat(PermittedDestination.parse("db.internal:*"))
        .contains(new PermittedDestination("db.internal", OptionalInt.empty()));
    assertThat(PermittedDestination.parse("*:22"))
        .contains(new PermittedDestination("*", OptionalInt.of(22)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "db",
        "db:",
        ":22",
        "db:0",
        "db:65536",
        "db:22-23",
        "db:ssh",
        "fd00::15:22",
        "[]:22",
        "db/22",
        "a b:22",
        "db:22 ",
        "db:999999999999"
      })
  void readsNothingElse(String text) {
    assertThat(PermittedDestination.parse(text)).isEmpty();
  }
}
