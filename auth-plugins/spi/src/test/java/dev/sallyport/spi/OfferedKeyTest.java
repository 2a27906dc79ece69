package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfferedKeyTest {
  /** Made with ssh-keygen; the fingerprint is what {@code ssh-keygen -lf} printed for it. */
  private static final String ED25519 =
      "AAAAC3NzaC1lZDI1NTE5AAAAIIu71DA9rgw/Bg6gzsbU8c61B0ZnkdZZXXn1bO87ONSO";

  private static final String ED25519_FINGERPRINT =
      "SHA256:xPYrsxSBtYQInfvFElt69y7eDOkik6ewRQRoB+2xKso";

  private static byte[] blob() {
    return Base64.getDecoder().decode(ED25519);
  }

  @Test
  void readsTheTypeFromTheBlob() {
    assertThat(new OfferedKey(blob()).type()).isEqualTo("ssh-ed25519");
  }

  @Test
  void printsTheFingerprintAsSshKeygenDoes() {
    assertThat(new OfferedKey(blob()).fingerprint()).isEqualTo(ED25519_FINGERPRINT);
    assertThat(new OfferedKey(blob())).hasToString("ssh-ed25519 " + ED25519_FINGERPRINT);
  }

  @Test
  void isEqualWhenEveryByteIsAndOnlyThen() {
    byte[] other = blob();
    other[other.length - 1] ^= 1;
    assertThat(new OfferedKey(blob()))
        .isEqualTo(new OfferedKey(blob()))
        .hasSameHashCodeAs(new OfferedKey(blob()))
        .isNotEqualTo(new OfferedKey(other));
  }

  @Test
  void cannotBeChangedFromOutside() {
    byte[] given = blob();
    OfferedKey key = new OfferedKey(given);
    given[20] ^= 1;
    key.blob()[20] ^= 1;
    assertThat(key).isEqualTo(new OfferedKey(blob()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "00", // half a length
        "000000", // most of a length
        "00000000", // an empty name
        "00000001", // a name that is not there
        "0000000261", // a name cut short
        "7fffffff61", // a length beyond the end
        "ffffffff61", // a negative length
        "000000020a61", // a line end, which would forge a log line
        "000000021b5b", // an escape, which would drive a terminal
        "0000000261 20", // a space
        "00000002c3a9", // not ASCII
        "000000017f", // delete
      })
  void refusesABlobWithoutAType(String hex) {
    byte[] blob = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> new OfferedKey(blob)).isInstanceOf(IllegalArgumentException.class);
  }

  /** A program that is told the type must not take it for an option, a path or two arguments. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "--output=/tmp/x",
        "-oProxyCommand=id",
        ".ssh",
        "@example.com",
        "../ssh-rsa",
        "ssh/rsa",
        "ssh=rsa",
        "ssh-rsa,ssh-dss",
        "$(id)",
        "ssh-rsa;id",
        "'",
        "%u",
        "~root"
      })
  void refusesATypeThatLooksLikeNoAlgorithm(String type) {
    assertThatThrownBy(() -> new OfferedKey(wire(type)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key whose type is no name of an algorithm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh-rsa", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-1.3.132.0.10",
        "x509v3-sign-rsa-sha256@ssh.com", "unheard_of+v2@Example.COM", "1"
      })
  void readsATypeThatItNeverHeardOf(String type) {
    assertThat(new OfferedKey(wire(type)).type()).isEqualTo(type);
  }

  @Test
  void refusesATypeOfMoreThan64Characters() {
    assertThat(new OfferedKey(wire("x".repeat(64))).type()).hasSize(64);
    assertThatThrownBy(() -> new OfferedKey(wire("x".repeat(65))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] wire(String type) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Integer.BYTES + name.length).putInt(name.length).put(name).array();
  }
}
