package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

final class RevocationListFuzzTest {
  private static final Certificate CERTIFICATE =
      ((Certificate.Whole) Certificate.read(Forged.plainOne())).certificate();

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreAListOrRefusedInWords(byte[] data) {
    switch (RevocationList.read(data)) {
      case RevocationList.Broken(String what) -> assertThat(what).isNotBlank();
      case RevocationList.Whole(RevocationList list) -> {
        // A certificate is revoked wherever its key or its authority is.
        boolean either =
            list.revokes(CERTIFICATE.key()).isPresent()
                || list.revokes(CERTIFICATE.authority()).isPresent();
        assertThat(list.revokes(CERTIFICATE).isPresent() || !either).isTrue();
      }
    }
  }
}
