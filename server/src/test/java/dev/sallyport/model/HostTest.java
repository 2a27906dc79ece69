package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.2.5, 10.0.2.5",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "FD00::AbCd, fd00::abcd",
    "fd00:0:0:0:0:0:0:5, fd00::5",
    "fd00:0000:0000:0000:0000:0000:0000:0005, fd00::5",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
    "1:2:3:4:5:6:0:8, 1:2:3:4:5:6:0:8",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "64:ff9b::10.0.0.5, 64:ff9b::a00:5",
    "1:2:3:4:5:6:10.0.0.5, 1:2:3:4:5:6:a00:5",
    "::10.0.0.5, ::a00:5",
    "::ffff:10.0.0.5, 10.0.0.5",
    "::FFFF:0a00:0005, 10.0.0.5",
    "0:0:0:0:0:ffff:127.0.0.1, 127.0.0.1",
  })
  void readsAddressesInTheirStrictSpellings(String text, String canonical) {
    assertThat(Host.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Valid.class,
            valid -> {
              assertThat(valid.value()).isInstanceOf(Host.Address.class);
              assertThat(((Host) valid.value()).text()).isEqualTo(canonical);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "db.internal, db.internal",
    "DB.Internal, db.internal",
    "db.internal., db.internal",
    "localhost, localhost",
    "a, a",
    "_ssh._tcp.example, _ssh._tcp.example",
    "10.0.0.1.nip.io, 10.0.0.1.nip.io",
    "xn--bcher-kva.example, xn--bcher-kva.example",
    "0x7f.example, 0x7f.example",
    "1.2.3.4a, 1.2.3.4a",
    "deadbeef, deadbeef",
    "0y1, 0y1",
  })
  void readsNamesInLowerCaseWithoutTheDotOfTheRoot(String text, String name) {
    assertThat(Host.parse(text)).isEqualTo(new Parsed.Valid<>(new Host.Name(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Fewer parts, other bases, and one number: all of them 127.0.0.1 to inet_aton.
        "127.1",
        "127.0.1",
        "127",
        "0x7f.1",
        "0x7f.0.0.1",
        "0X7F.0.0.0X1",
        "0x7f000001",
        "0x",
        "127.0.0.0x1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "1.2.3",
        "1.2.3.4.5",
        "256.0.0.1",
        "10.0.0.999",
        "10.0.0.99999999999999999999",
        "foo.1",
        "foo.0x1",
        "foo.0xg",
        "",
        ".",
        "..",
        ".a",
        "a..b",
        "a..",
        "-a",
        "a-",
        "a.-b.c",
        " 10.0.0.1",
        "10.0.0.1 ",
        "10.0.0.1\n",
        "db.internal\n",
        "db.internal\u0000.evil",
        "10.0.0.1\u0000",
        "db internal",
        "10.0.0.1/32",
        "[::1]",
        "[10.0.0.1]",
        "[::1",
        "::1]",
        "fe80::1%eth0",
        "fe80::1%25eth0",
        "fe80::1%1",
        "10.0.0.1%eth0",
        "%31%32%37.0.0.1",
        ":",
        ":::",
        "::1::",
        "1::2::3",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4::5:6:7:8",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "::g",
        "::10.0.0.05",
        "::10.0.0",
        "::10.0.0.5:1",
        "10.0.0.5::",
        "10.0.0.5::1",
        "1:2:3:4:5:6:7:10.0.0.5",
        "::0x1",
        "user@host",
        "host;id",
        "../etc/passwd",
        // Full-width digits, the ideographic full stop, enclosed alphanumerics, a Kelvin sign.
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "\u2460\u2461\u2466.0.0.1",
        "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
        "\u212a.example",
        "b\u00fccher.example",
        "\u202edb.internal",
      })
  void refusesEverythingThatIsNeitherAnAddressNorAName(String text) {
    assertThat(Host.parse(text)).isInstanceOf(Parsed.Malformed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "127.1, unusual spelling of an address",
    "0x7f.1, unusual spelling of an address",
    "127.0.0.1., unusual spelling of an address",
    "'', empty",
    "[::1], not an IPv6 address",
    "fe80::1%eth0, without a zone",
    "b\u00fccher.example, xn--",
    "a b, character that no host name has",
    "a..b, label",
    "-a, hyphen",
  })
  void saysWhatIsWrong(String text, String part) {
    assertThat(Host.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, malformed -> assertThat(malformed.reason()).contains(part));
  }

  @Test
  void boundsNamesAndLabels() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(longest).hasSize(253);
    assertThat(Host.parse(longest)).isEqualTo(new Parsed.Valid<>(new Host.Name(longest)));
    assertThat(Host.parse(longest + ".")).isEqualTo(new Parsed.Valid<>(new Host.Name(longest)));
    assertThat(Host.parse(longest + "a")).isInstanceOf(Parsed.Malformed.class);
    assertThat(Host.parse("a".repeat(64))).isInstanceOf(Parsed.Malformed.class);
    assertThat(Host.parse("a".repeat(65536))).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void nothingButACheckedNameCanBeAName() {
    for (String unchecked : new String[] {"127.1", "DB", "db.", "", "a b", "::1"}) {
      assertThatThrownBy(() -> new Host.Name(unchecked))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void addressesForgetTheNameTheyWereFoundWith() throws Exception {
    InetAddress named = InetAddress.getByAddress("db.internal", new byte[] {10, 0, 0, 5});
    assertThat(new Host.Address(named).address().toString()).doesNotContain("db.internal");
  }
}
