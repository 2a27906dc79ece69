package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.2.0/24:22 | 10.0.2.0/24:22",
        "10.0.3.15:5432 | 10.0.3.15:5432",
        "db.internal:8000-8999 | db.internal:8000-8999",
        "DB.internal.:22,80 | db.internal:22,80",
        "[fd00:1::/64]:22 | [fd00:1::/64]:22",
        "[fd00:1::5]:22 | [fd00:1::5]:22",
        "[::ffff:10.0.0.5]:22 | 10.0.0.5:22",
      })
  void readsNetworksAndNamesWithPorts(String text, String canonical) {
    Destination destination = Samples.valid(Destination.parse(text));
    assertThat(destination).hasToString(canonical);
    assertThat(Samples.valid(Destination.parse(canonical))).isEqualTo(destination);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.2.0/24 | has no port",
        "db.internal | has no port",
        "10.0.2.0/24:0 | ports",
        "10.0.2.0/24: | ports",
        ":22 | empty",
        "10.0.2.1/24:22 | bits set",
        "127.1:22 | unusual spelling",
        "fd00::5:22 | brackets",
        "fd00::/64:22 | brackets",
        "[fd00::]/64:22 | brackets",
        "[10.0.0.5]:22 | character",
        "[fd00::/64:22 | brackets",
        "*.internal:22 | character",
        "*:22 | character",
        "db.internal/24:22 | not a network",
        "user@db:22 | character",
      })
  void refusesWhatIsNoDestinationAndSaysWhy(String text, String part) {
    assertThat(Destination.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, malformed -> assertThat(malformed.reason()).contains(part));
  }

  @Test
  void aNetworkMatchesTheAddressWhateverWasTyped() {
    Destination network = Samples.to("10.0.2.0/24:22").getFirst();
    Host.Name name = new Host.Name("web.internal");
    assertThat(network.matches(name, Samples.address("10.0.2.5"), 22)).isTrue();
    assertThat(network.matches(name, Samples.address("10.0.3.5"), 22)).isFalse();
    assertThat(network.matches(name, Samples.address("10.0.2.5"), 23)).isFalse();
    assertThat(network.couldMatch(name, 22)).isTrue();
    assertThat(network.couldMatch(name, 23)).isFalse();
  }

  @Test
  void aNameMatchesTheNameThatWasTypedAndNothingElse() {
    Destination byName = Samples.to("db.internal:5432").getFirst();
    Host typed = Samples.valid(Host.parse("DB.Internal."));
    assertThat(byName.matches(typed, Samples.address("10.0.3.15"), 5432)).isTrue();
    assertThat(byName.matches(typed, Samples.address("10.0.3.15"), 5433)).isFalse();
    Host.Name other = new Host.Name("db2.internal");
    assertThat(byName.matches(other, Samples.address("10.0.3.15"), 5432)).isFalse();
    Host address = new Host.Address(Samples.address("10.0.3.15"));
    assertThat(byName.matches(address, Samples.address("10.0.3.15"), 5432)).isFalse();
    assertThat(byName.couldMatch(new Host.Name("db.internal"), 5432)).isTrue();
    assertThat(byName.couldMatch(new Host.Name("db.internal"), 22)).isFalse();
    assertThat(byName.couldMatch(other, 5432)).isFalse();
  }
}
