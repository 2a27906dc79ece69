package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePatternsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7             | 203.0.113.7",
        "203.0.113.0/24          | 203.0.113.255",
        "0.0.0.0/0               | 8.8.8.8",
        "203.0.113.*             | 203.0.113.70",
        "203.0.11?.7             | 203.0.113.7",
        "*                       | fd00::1",
        "fd00:1::/64             | fd00:1::ffff",
        "FD00:1:*                | fd00:1::7",
        "fd00:1::*               | fd00:1::7",
        "::ffff:10.0.0.1         | 10.0.0.1",
        "::ffff:10.0.0.0/104     | 10.0.0.1",
        "10.0.0.0/8,192.0.2.1    | 192.0.2.1",
        "*.example.com,10.0.0.1  | 10.0.0.1",
        "!10.0.0.1,10.0.0.0/8    | 10.0.0.2",
      })
  void allows(String patterns, String address) {
    assertThat(matches(patterns, address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7             | 203.0.113.70",
        "203.0.113.0/25          | 203.0.113.128",
        "203.0.113.?             | 203.0.113.70",
        "10.0.0.0/8              | 11.0.0.0",
        "0.0.0.0/0               | ::1",
        "::/0                    | 10.0.0.1",
        "10.0.0.0/8,!10.0.0.1    | 10.0.0.1",
        "!10.0.0.1,10.0.0.0/8    | 10.0.0.1",
        "*,!10.*                 | 10.9.8.7",
        "*.example.com,10.0.0.1  | 10.0.0.2",
        "*.de,10.0.0.1           | 10.0.0.2",
        "*,!fd*:*                | fd00::1",
      })
  void doesNotAllow(String patterns, String address) {
    assertThat(matches(patterns, address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",10.0.0.1",
        "10.0.0.1,",
        " 10.0.0.1",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/",
        "010.0.0.1",
        "010.0.0.1,10.0.0.2",
        "::ffff:010.0.0.1,10.0.0.2",
        "256.0.0.1",
        "fd00::1%eth0",
        "fd00:::1",
        "2*/8",
        "!10.0.0.1",
        "*.example.com",
        "10.0.0.0/8,!*.example.com",
        "10.0.0.0/8,!cafe.de",
        "10.0.0.0/8,!*.de",
        "*,!*.fed.cafe",
        "*,!cafe?",
        "*.de",
        "fd*",
        "10.0.0.1\u202e",
        "!!10.0.0.1,*"
      })
  void refusesWhatItCannotHonourToTheLetter(String patterns) {
    assertThatThrownBy(() -> SourcePatterns.parse(patterns))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPatternOfStarsIsNotSlow() {
    String stars = "*1".repeat(100) + "*2";
    assertThat(matches(stars, "1111:1111:1111:1111:1111:1111:1111:1111")).isFalse();
  }

  private static boolean matches(String patterns, String address) {
    return SourcePatterns.parse(patterns).matches(InetAddress.ofLiteral(address));
  }
}
