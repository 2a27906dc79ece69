package dev.sallyport.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A reading thread lets others run as soon as it has had its slice. */
class CarrierSliceTest {
  private final AtomicInteger yields = new AtomicInteger();
  private final CarrierSlice slice = new CarrierSlice(yields::incrementAndGet);

  @Test
  void manySmallMessagesAreASliceTogether() {
    for (int i = 0; i < 1000; i++) {
      slice.used(CarrierSlice.LONGEST_NANOS / 100);
    }
    assertThat(yields).hasValue(10);
  }

  @Test
  void oneLongMessageIsASliceOfItsOwn() {
    slice.used(10 * CarrierSlice.LONGEST_NANOS);
    slice.used(1);
    assertThat(yields).hasValue(1);
  }
}
