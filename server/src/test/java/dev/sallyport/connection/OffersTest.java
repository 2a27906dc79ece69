package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.spi.OfferedKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

final class OffersTest {
  private static final AuditEvent.Connection CONNECTION =
      new AuditEvent.Connection(
          ConnectionId.random(),
          new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 1),
          new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 22),
          Optional.empty());

  static byte[] certificate(byte[] keyId, int number) {
    Buffer key = new ByteArrayBuffer();
    key.putString("ssh-ed25519");
    key.putBytes(new byte[32]);
    Buffer certificate = new ByteArrayBuffer();
    certificate.putString("ssh-ed25519-cert-v01@openssh.com");
    certificate.putBytes(new byte[32]); // the nonce
    byte[] point = new byte[32];
    point[0] = (byte) number;
    certificate.putBytes(point);
    certificate.putLong(1); // the serial
    certificate.putUInt(1); // a user's
    certificate.putBytes(keyId);
    certificate.putBytes(new byte[0]); // principals
    certificate.putLong(0);
    certificate.putLong(-1);
    certificate.putBytes(new byte[0]); // critical options
    certificate.putBytes(new byte[0]); // extensions
    certificate.putBytes(new byte[0]); // reserved
    certificate.putBytes(key.getCompactData()); // the authority
    certificate.putBytes(new byte[0]); // the signature
    return certificate.getCompactData();
  }

  private static AuditEvent.Evidence shown(byte[] keyId, int number) {
    OfferedKey offered = new OfferedKey(certificate(keyId, number));
    ShownCertificate certificate = ShownCertificate.of(offered).orElseThrow();
    return new AuditEvent.Evidence(
        "publickey",
        offered.type(),
        certificate.key().fingerprint(),
        "",
        Optional.of(certificate.audited()));
  }

  @Test
  void ofHugeKeyIdsLittleIsKept() {
    byte[] keyId = new byte[250_000];
    // What is no UTF-8 becomes a character of its own for each byte, and of two bytes in memory.
    Arrays.fill(keyId, (byte) 0xff);
    Offers offers = new Offers();
    for (int i = 0; i < Offers.MOST_TOLD; i++) {
      offers.refused("alice", shown(keyId, i), "no");
    }
    AuditEvent.AuthenticationFailed told = offers.failure(Instant.now(), CONNECTION).orElseThrow();
    assertThat(told.offered()).hasSize(Offers.MOST_TOLD);
    assertThat(told.offered())
        .allSatisfy(offer ->
            assertThat(offer.evidence().certificate().orElseThrow().keyId())
                .hasSizeLessThan(600)
                .endsWith("... (250000 characters)"));
  }

  @Test
  void aKeyIdOfOrdinaryLengthIsKeptWhole() {
    byte[] keyId = "alice@example.com, laptop, 2026".getBytes(StandardCharsets.UTF_8);
    assertThat(shown(keyId, 0).certificate().orElseThrow().keyId())
        .isEqualTo("alice@example.com, laptop, 2026");
  }
}
