package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.spi.OfferedKey;
import java.time.Instant;

final class CertificateFuzzTest {
  /** Nobody can sign for an authority by chance, so none of them counts. */
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreACertificateOrRefusedInWords(byte[] data) {
    OfferedKey offered;
    try {
      offered = new OfferedKey(data);
    } catch (IllegalArgumentException noKey) {
      return;
    }
    switch (Certificate.read(offered)) {
      case Certificate.Broken(String what) -> assertThat(what).isNotBlank();
      case Certificate.Whole(Certificate certificate) -> {
        assertThat(Certificate.is(certificate.key())).isFalse();
        assertThat(Certificate.is(certificate.authority())).isFalse();
        if (CertificateRules.DEFAULT.judge(certificate, Instant.EPOCH)
            instanceof CertificateRules.Invalid(String reason)) {
          assertThat(reason).startsWith("the certificate");
        }
      }
    }
  }
}
