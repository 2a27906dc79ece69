package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What no text whatever can do. The JDK's reader of literals serves as the second opinion. */
class HostFuzzTest {
  private static final List<String> CORPUS =
      List.of(
          "10.0.2.5",
          "127.1",
          "0x7f.0.0.1",
          "::ffff:127.0.0.1",
          "64:ff9b::10.0.0.5",
          "1:2:3:4:5:6:7:8",
          "fe80::1%eth0",
          "db.internal.",
          "_ssh._tcp.Example",
          "xn--bcher-kva.example");

  @Test
  void everyTextIsAnAddressOrACheckedNameOrMalformed() {
    Fuzz.run(
        200_000,
        (fuzz, round) -> {
          String text = fuzz.mutate(CORPUS);
          switch (Host.parse(text)) {
            case Parsed.Malformed<Host>(String reason) ->
                assertThat(reason).as(text).matches("[ -~]+");
            case Parsed.Valid<Host>(Host.Address(InetAddress address)) -> {
              assertThat(InetAddress.ofLiteral(text)).as(text).isEqualTo(address);
              assertThat(Host.parse(IpText.format(address)))
                  .as(text)
                  .isEqualTo(new Parsed.Valid<>(new Host.Address(address)));
            }
            case Parsed.Valid<Host>(Host.Name(String name)) -> {
              assertThat(name).as(text).matches("[a-z0-9_.-]{1,253}");
              assertThat(text.toLowerCase(Locale.ROOT)).isIn(name, name + ".");
              assertThat(isLiteralForTheJdk(name)).as(text).isFalse();
            }
          }
        });
  }

  @Test
  void readsBackEveryAddressThatItFormats() {
    Fuzz.run(
        100_000,
        (fuzz, round) -> {
          InetAddress address = fuzz.address();
          String text = IpText.format(address);
          assertThat(IpText.parse(text)).as(text).contains(address);
          assertThat(InetAddress.ofLiteral(text)).as(text).isEqualTo(address);
        });
  }

  @Test
  void readsEverySpellingThatTheJdkPrints() {
    Fuzz.run(
        50_000,
        (fuzz, round) -> {
          InetAddress address = fuzz.address();
          if (address instanceof Inet6Address) {
            assertThat(IpText.parse(address.getHostAddress())).contains(address);
          }
        });
  }

  private static boolean isLiteralForTheJdk(String name) {
    try {
      InetAddress.ofLiteral(name);
      return true;
    } catch (IllegalArgumentException notALiteral) {
      return false;
    }
  }
}
