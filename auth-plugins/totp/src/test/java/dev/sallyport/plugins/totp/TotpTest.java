package dev.sallyport.plugins.totp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6238, appendix B, RFC 4226, appendix D, and RFC 4648, section 10. */
class TotpTest {
  private static final String DIGITS = "1234567890";

  /** The RFC's secrets: the digits again and again, as long as the hash. */
  private static byte[] secret(Algorithm algorithm) {
    return DIGITS
        .repeat(7)
        .substring(0, algorithm.secretBytes())
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "59,          SHA1,   94287082",
    "59,          SHA256, 46119246",
    "59,          SHA512, 90693936",
    "1111111109,  SHA1,   07081804",
    "1111111109,  SHA256, 68084774",
    "1111111109,  SHA512, 25091201",
    "1111111111,  SHA1,   14050471",
    "1111111111,  SHA256, 67062674",
    "1111111111,  SHA512, 99943326",
    "1234567890,  SHA1,   89005924",
    "1234567890,  SHA256, 91819424",
    "1234567890,  SHA512, 93441116",
    "2000000000,  SHA1,   69279037",
    "2000000000,  SHA256, 90698825",
    "2000000000,  SHA512, 38618901",
    "20000000000, SHA1,   65353130",
    "20000000000, SHA256, 77737706",
    "20000000000, SHA512, 47863826",
  })
  void computesWhatTheStandardDoes(long time, Algorithm algorithm, String code) {
    long step = Totp.stepAt(Instant.ofEpochSecond(time));

    assertThat(new Totp(algorithm, 8).code(secret(algorithm), step)).isEqualTo(code);
    assertThat(new Totp(algorithm, 6).code(secret(algorithm), step)).isEqualTo(code.substring(2));
  }

  @ParameterizedTest
  @CsvSource({"0, 755224", "1, 287082", "2, 359152", "3, 969429", "4, 338314", "9, 520489"})
  void countsAsHotpDoes(long step, String code) {
    assertThat(new Totp(Algorithm.SHA1, 6).code(secret(Algorithm.SHA1), step)).isEqualTo(code);
  }

  @Test
  void aCodeStandsForThirtySeconds() {
    assertThat(Totp.stepAt(Instant.ofEpochSecond(59))).isEqualTo(1);
    assertThat(Totp.stepAt(Instant.ofEpochSecond(60))).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "f, MY",
    "fo, MZXQ",
    "foo, MZXW6",
    "foob, MZXW6YQ",
    "fooba, MZXW6YTB",
    "foobar, MZXW6YTBOI"
  })
  void writesSecretsInBase32(String text, String encoded) {
    assertThat(Base32.encode(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
  }
}
