package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.transport.CarrierSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

  /** An Error too, as the JDK throws when the kernel grants no more threads. */
  private static Stream<Supplier<Throwable>> faults() {
    return Stream.of(IllegalStateException::new, () -> new InternalError("no thread"));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void fail(Throwable fault) throws T {
    throw (T) fault;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultWithOneDoesNotKeepTheOthersFromBeingAsked(Supplier<Throwable> fault) {
    List<String> names = List.of("a", "b", "c");
    names.forEach(live::add);
    List<String> asked = new ArrayList<>();

    live.forEach(one -> {
      asked.add(one);
      LiveSetTest.<RuntimeException>fail(fault.get());
    });

    assertThat(asked).containsExactlyInAnyOrderElementsOf(names);
  }

  /** Thousands are asked what a whole list of rules says, on the processor that all users share. */
  @Test
  void otherThreadsRunBetweenThoseThatAreAsked() {
    AtomicInteger yields = new AtomicInteger();
    LiveSet<String> many =
        new LiveSet<>(NOPLogger.NOP_LOGGER, () -> new CarrierSlice(yields::incrementAndGet));
    List.of("a", "b", "c").forEach(many::add);

    many.forEach(one -> computeFor(2 * CarrierSlice.LONGEST_NANOS));

    assertThat(yields).hasValue(3);
  }

  private static void computeFor(long nanos) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < nanos) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachIsAskedEverySecondAlsoAfterAFault(Supplier<Throwable> fault) throws Exception {
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
              LiveSetTest.<RuntimeException>fail(fault.get());
            });

    assertThat(again.get(1, TimeUnit.MINUTES)).isEqualTo("a");
    clock.interrupt();
    assertThat(clock.join(LONG)).isTrue();
  }
}
