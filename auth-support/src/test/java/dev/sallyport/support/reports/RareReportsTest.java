package dev.sallyport.support.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RareReportsTest {
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1); // It may overflow.
  private final List<String> told = new ArrayList<>();
  private final RareReports reports =
      new RareReports((where, what) -> told.add(where + " " + what), nanoTime::get);

  @Test
  void theSameThingIsToldAgainOnlyAfterAWhile() {
    reports.problem("it", "fails");
    nanoTime.addAndGet(RareReports.QUIET.toNanos() - 1);
    reports.problem("it", "fails");
    assertThat(told).containsExactly("it fails");

    nanoTime.addAndGet(1);
    reports.problem("it", "fails");
    assertThat(told).last().isEqualTo("it fails (and 1 such reports before were left out)");
  }

  @Test
  void anotherThingAndAnotherPlaceAreToldAtOnce() {
    reports.problem("it", "fails");
    reports.problem("it", "lies");
    reports.problem("other", "fails");
    assertThat(told).containsExactly("it fails", "it lies", "other fails");
  }

  @Test
  void aFloodOfDifferentThingsIsCutAndCounted() {
    for (int i = 0; i < 1000; i++) {
      reports.problem("it", "says " + i);
    }
    assertThat(told).hasSize(RareReports.MOST);

    nanoTime.addAndGet(RareReports.QUIET.toNanos());
    reports.problem("it", "is quiet");
    assertThat(told)
        .last()
        .isEqualTo(
            "it is quiet (and %d such reports before were left out)"
                .formatted(1000 - RareReports.MOST));
  }
}
