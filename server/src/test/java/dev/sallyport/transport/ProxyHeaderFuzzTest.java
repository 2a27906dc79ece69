package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.transport.ProxyHeader.Progress;

final class ProxyHeaderFuzzTest {
  /** Whatever is sent from a load balancer's address ends within the bound, byte by byte or not. */
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreAHeaderOrRefused(byte[] data) {
    int length = 0;
    while (ProxyHeader.read(data, length) instanceof Progress.More(int wanted)) {
      assertThat(wanted).isPositive();
      assertThat(length + wanted).isLessThanOrEqualTo(ProxyHeaderV2.LARGEST);
      if (length == data.length) {
        return;
      }
      length = Math.min(data.length, length + wanted);
    }
    if (ProxyHeader.read(data, length) instanceof Progress.Malformed(String reason)) {
      assertThat(reason).matches("[ -~]+");
    }
  }
}
