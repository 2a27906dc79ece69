package dev.sallyport.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class LiveSetTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final LiveSet<String> live = new LiveSet<>(NOPLogger.NOP_LOGGER);

  @Test
  void whoWaitsIsToldWhenTheLastIsOver() throws Exception {
    live.add("a");
    live.add("b");
    CompletableFuture<Boolean> waited = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> waited.complete(await()));
    live.remove("a");
    assertThat(waited).isNotDone();

    live.remove("b");

    assertThat(waited.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(live.size()).isZero();
  }

  private boolean await() {
    try {
      return live.awaitNone(LONG);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void onlyThoseMeantAreWaitedFor() throws Exception {
    live.add("other");
    assertThat(live.awaitNone("mine"::equals, LONG)).isTrue();
    assertThat(live.awaitNone("other"::equals, Duration.ofMillis(1))).isFalse();
  }

  @Test
  void aFaultWithOneDoesNotKeepTheOthersFromBeingAsked() {
    List<String> names = List.of("a", "b", "c");
    names.forEach(live::add);
    List<String> asked = new ArrayList<>();

    live.forEach(one -> {
      asked.add(one);
      throw new IllegalStateException(one);
    });

    assertThat(asked).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void eachIsAskedEverySecondAlsoAfterAFault() throws Exception {
    live.add("a");
    CompletableFuture<String> again = new CompletableFuture<>();
    List<String> asked = new ArrayList<>();
    Thread clock =
        live.everySecond(
            "clock",
            one -> {
              asked.add(one);
              if (asked.size() == 2) {
                again.complete(one);
              }
              throw new IllegalStateException(one);
            });

    assertThat(again.get(1, TimeUnit.MINUTES)).isEqualTo("a");
    clock.interrupt();
    assertThat(clock.join(LONG)).isTrue();
  }
}
