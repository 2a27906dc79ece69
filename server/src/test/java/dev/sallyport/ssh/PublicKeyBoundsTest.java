package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PublicKeyBoundsTest {
  private static final BigInteger F4 = BigInteger.valueOf(65_537);

  @ParameterizedTest
  @CsvSource({
    "ssh-ed25519, 256",
    "ecdsa-sha2-nistp256, 256",
    "ecdsa-sha2-nistp384, 384",
    "ecdsa-sha2-nistp521, 521",
    "ssh-rsa, 2048",
  })
  void keysThatPeopleHaveAreRead(String type, int bits) throws Exception {
    Buffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(KeyUtils.generateKeyPair(type, bits).getPublic());
    assertThatCode(() -> PublicKeyBounds.check(blob.getCompactData())).doesNotThrowAnyException();
  }

  @Test
  void anRsaKeyMayBeAsLongAsOpenSshHasIt() {
    byte[] longest = rsa(F4, bits(16_384));
    assertThatCode(() -> PublicKeyBounds.check(longest)).doesNotThrowAnyException();
    assertThatThrownBy(() -> PublicKeyBounds.check(rsa(F4, bits(16_385))))
        .isInstanceOf(SshException.class)
        .hasMessage("an RSA key that is too costly");
    assertThatThrownBy(() -> PublicKeyBounds.check(rsa(bits(65), bits(2048))))
        .isInstanceOf(SshException.class)
        .hasMessage("an RSA key that is too costly");
  }

  /** The library would compute with it for minutes when it reads it. */
  @Test
  void aDsaKeyIsNotRead() {
    Buffer blob = new ByteArrayBuffer();
    blob.putString("ssh-dss");
    for (BigInteger number : List.of(bits(80_000), bits(79_000), BigInteger.TWO, bits(79_999))) {
      blob.putMPInt(number);
    }
    assertThatThrownBy(() -> PublicKeyBounds.check(blob.getCompactData()))
        .isInstanceOf(SshException.class)
        .hasMessage("a public key of a type that the bastion does not speak");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh-rsa-cert-v01@openssh.com",
        "ssh-ed25519-cert-v01@openssh.com",
        "ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "sk-ssh-ed25519-cert-v01@openssh.com",
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
      })
  void theAuthorityOfACertificateIsLookedAtToo(String type) {
    assertThatCode(() -> PublicKeyBounds.check(certificate(type, rsa(F4, bits(4096)))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> PublicKeyBounds.check(certificate(type, rsa(F4, bits(17_000)))))
        .isInstanceOf(SshException.class);
    assertThatThrownBy(
            () -> PublicKeyBounds.check(certificate(type, certificate(type, rsa(F4, F4)))))
        .isInstanceOf(SshException.class)
        .hasMessage("a certificate that is signed by a certificate");
  }

  @Test
  void theKeyWithinACertificateIsLookedAt() {
    Buffer blob = new ByteArrayBuffer();
    blob.putString("ssh-rsa-cert-v01@openssh.com");
    blob.putBytes(new byte[32]);
    blob.putMPInt(bits(2047));
    blob.putMPInt(bits(2048));
    assertThatThrownBy(() -> PublicKeyBounds.check(blob.getCompactData()))
        .isInstanceOf(SshException.class)
        .hasMessage("an RSA key that is too costly");
  }

  @Test
  void whatIsNotWholeIsNotRead() {
    byte[] whole = certificate("ssh-ed25519-cert-v01@openssh.com", rsa(F4, bits(2048)));
    // The signature that it ends with is no key.
    for (int length = 0; length < whole.length - 68; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PublicKeyBounds.check(cut)).isInstanceOf(SshException.class);
    }
  }

  private static byte[] rsa(BigInteger exponent, BigInteger modulus) {
    Buffer blob = new ByteArrayBuffer();
    blob.putString("ssh-rsa");
    blob.putMPInt(exponent);
    blob.putMPInt(modulus);
    return blob.getCompactData();
  }

  private static byte[] certificate(String type, byte[] authority) {
    Buffer blob = new ByteArrayBuffer();
    blob.putString(type);
    blob.putBytes(new byte[32]);
    if (type.startsWith("ssh-rsa")) {
      blob.putMPInt(F4);
      blob.putMPInt(bits(2048));
    } else {
      int fields = type.startsWith("sk-ecdsa") ? 3 : type.startsWith("ssh-ed25519") ? 1 : 2;
      for (int i = 0; i < fields; i++) {
        blob.putBytes(new byte[32]);
      }
    }
    blob.putLong(1);
    blob.putUInt(1);
    blob.putString("id");
    blob.putBytes(new byte[0]);
    blob.putLong(0);
    blob.putLong(-1);
    for (int i = 0; i < 3; i++) {
      blob.putBytes(new byte[0]);
    }
    blob.putBytes(authority);
    blob.putBytes(new byte[64]);
    return blob.getCompactData();
  }

  private static BigInteger bits(int count) {
    return new BigInteger(count, new Random(count)).setBit(count - 1).setBit(0);
  }
}
