package dev.sallyport.gateway.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines mean what OpenSSH's sshd(8) says. */
final class KnownHostsLineTest {
  private static final String KEY =
      " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

  private static KnownHostsLine line(String hosts) {
    return ((Parsed.Valid<KnownHostsLine>) KnownHostsLine.parse(hosts + KEY).orElseThrow()).value();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.15 | 10.0.2.15 | 22 | true",
        "10.0.2.15 | 10.0.2.15 | 23 | false",
        "[10.0.2.15]:23 | 10.0.2.15 | 23 | true",
        "[10.0.2.15]:23 | 10.0.2.15 | 22 | false",
        "a,B.Internal | b.internal | 22 | true",
        "*.internal | web.internal | 22 | true",
        "*.internal | internal | 22 | false",
        "10.0.2.? | 10.0.2.15 | 22 | false",
        "10.0.2.?? | 10.0.2.15 | 22 | true",
        "*,!10.0.2.15 | 10.0.2.15 | 22 | false",
        "!10.0.2.15 | 10.0.2.16 | 22 | false",
        "!10.0.2.15,* | 10.0.2.16 | 22 | true",
        "@cert-authority 10.0.2.15 | 10.0.2.15 | 23 | true",
        "@revoked 10.0.2.15 | 10.0.2.15 | 23 | true",
        "|1|x|y | 10.0.2.15 | 22 | false",
        "|2|AAAA|AAAA | 10.0.2.15 | 22 | false",
      })
  void isAboutTheHostsThatItNames(String text) {
    String[] words = text.split(" \\| ");
    assertThat(line(words[0].strip()).isAbout(new HostName(words[1], Integer.parseInt(words[2]))))
        .isEqualTo(Boolean.parseBoolean(words[3].strip()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.15",
        "10.0.2.15 ssh-ed25519",
        "10.0.2.15 ssh-ed25519 !!!",
        "10.0.2.15 ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        "10.0.2.15 ssh-ed25519 AAAA",
        "@revokd 10.0.2.15 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
        "@revoked 10.0.2.15 ssh-ed25519",
      })
  void refusesWhatItDoesNotUnderstand(String text) {
    assertThat(KnownHostsLine.parse(text).orElseThrow()).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void skipsCommentsAndEmptyLines() {
    assertThat(KnownHostsLine.parse("  # 10.0.2.15" + KEY)).isEmpty();
    assertThat(KnownHostsLine.parse(" \t")).isEmpty();
  }

  @Test
  void noPatternTakesLong() {
    assertThat(Wildcard.matches("*a".repeat(100) + "b", "a".repeat(1000))).isFalse();
  }
}
