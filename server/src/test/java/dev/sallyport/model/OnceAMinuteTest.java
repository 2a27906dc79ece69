package dev.sallyport.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OnceAMinuteTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
  private final OnceAMinute once = new OnceAMinute(now::get);
  private final List<String> told = new ArrayList<>();

  private void happens() {
    once.tell(more -> told.add("it happened" + more));
  }

  @Test
  void theFirstIsToldAtOnceAndTheRestIsCountedForAMinute() {
    happens();
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    happens();
    happens();
    assertThat(told).containsExactly("it happened");

    now.addAndGet(Duration.ofSeconds(1).toNanos());
    happens();
    happens();
    assertThat(told)
        .containsExactly("it happened", "it happened (and 2 such before were left out)");
  }

  @Test
  void whatIsRareIsToldEachTime() {
    for (int i = 0; i < 3; i++) {
      happens();
      now.addAndGet(Duration.ofMinutes(2).toNanos());
    }
    assertThat(told).containsOnly("it happened").hasSize(3);
  }
}
