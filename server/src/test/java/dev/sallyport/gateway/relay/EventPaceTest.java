package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventPaceTest {
  private static final long SECOND = 1_000_000_000L;

  private final EventPace pace = new EventPace(0);

  private void take(int count, long now) {
    for (int i = 0; i < count; i++) {
      pace.take(now);
    }
  }

  @Test
  void aLargeTreeOfSmallFilesWaitsForNothing() {
    take(EventPace.BURST, 0);

    assertThat(pace.ahead(0)).isZero();
  }

  @Test
  void fromThenOnEachEventCostsItsTime() {
    take(EventPace.BURST + 300, 0);

    assertThat(pace.ahead(0)).isEqualTo(300 * EventPace.INTERVAL_NANOS);
    assertThat(pace.ahead(2 * SECOND)).isEqualTo(SECOND);
    assertThat(pace.ahead(3 * SECOND)).isZero();
  }

  @Test
  void aLongPathCostsTheTimeOfSeveral() {
    take(EventPace.BURST, 0);

    pace.take(0, 255);
    assertThat(pace.ahead(0)).isEqualTo(EventPace.INTERVAL_NANOS);
    pace.take(0, 4096);
    assertThat(pace.ahead(0)).isEqualTo(6 * EventPace.INTERVAL_NANOS);
  }

  @Test
  void restIsNotSavedUpBeyondOneBurst() {
    long tomorrow = 86_400 * SECOND;
    take(EventPace.BURST + 1, tomorrow);

    assertThat(pace.ahead(tomorrow)).isEqualTo(EventPace.INTERVAL_NANOS);
  }
}
