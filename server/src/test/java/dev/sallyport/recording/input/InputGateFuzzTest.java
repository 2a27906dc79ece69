package dev.sallyport.recording.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

final class InputGateFuzzTest {
  /** What is typed is told to the last byte, and nothing is told that was not shown as well. */
  @FuzzTest(maxDuration = "60s")
  void everyByteIsToldAndNoneThatWasNotShown(byte[] data) {
    long[] told = {0};
    StringBuilder echoed = new StringBuilder();
    InputGate gate =
        new InputGate(typed -> {
          switch (typed) {
            case Typed.Echoed(String text) -> {
              told[0] += text.length();
              echoed.append(text);
            }
            case Typed.Hidden(long bytes) -> told[0] += bytes;
          }
        });
    long count = 0;
    StringBuilder shown = new StringBuilder();
    for (byte b : data) {
      // The upper half is shown, the lower half is typed: both are ASCII.
      byte[] one = {(byte) (b & 0x7f)};
      if (b < 0) {
        shown.append((char) one[0]);
        gate.shown(one, 0, 1);
      } else {
        count++;
        gate.typed(one, 0, 1);
      }
    }
    gate.end();
    assertThat(told[0]).isEqualTo(count);
    for (String line : echoed.toString().split("[\r\n]")) {
      for (byte letter : line.getBytes(StandardCharsets.US_ASCII)) {
        assertThat(shown.toString())
            .contains(letter == 0x7f ? "\b" : String.valueOf((char) letter));
      }
    }
  }
}
