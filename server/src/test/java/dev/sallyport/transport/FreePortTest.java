package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortTest {
  /** The same port for two forwards of one client leads one of them to the other's target. */
  @Test
  void aFreePortIsAnotherOneEachTime() {
    assertThat(IntStream.range(0, 500).map(i -> FreePort.next()).toArray()).doesNotHaveDuplicates();
  }
}
