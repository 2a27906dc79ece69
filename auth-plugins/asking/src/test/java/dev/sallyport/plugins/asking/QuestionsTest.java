package dev.sallyport.plugins.asking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QuestionsTest {
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final Duration IMPATIENCE = Duration.ofMillis(100);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final CountDownLatch hung = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean down;
  private volatile boolean hangs;

  private final Questions<String, String> questions = questions(Duration.ofSeconds(30));
  private final Questions<String, String> impatient = questions(IMPATIENCE);

  private Questions<String, String> questions(Duration whole) {
    return new Questions<>(
        new Terms(
            "test", whole, Duration.ofMinutes(10), Duration.ofSeconds(20), Duration.ofSeconds(5)),
        this::answer,
        answer -> answer.startsWith("in"),
        now::get);
  }

  private String answer(String question) throws Exception {
    asked.add(question);
    if (hangs || question.startsWith("hang")) {
      hung.await();
    }
    if (question.startsWith("odd")) {
      throw new NoAnswerException("odd");
    }
    if (down) {
      throw new IOException("down");
    }
    return question.startsWith("stranger") ? "out" : "in " + asked.size();
  }

  @AfterEach
  void close() {
    hung.countDown();
    questions.close();
    impatient.close();
    threads.close();
  }

  private String ask(String question) throws Exception {
    return questions.ask(question, FRESH);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void anAnswerCountsWhileItIsFresh() throws Exception {
    assertThat(ask("alice")).isEqualTo("in 1");
    pass(FRESH.minusNanos(1));
    assertThat(ask("alice")).isEqualTo("in 1");
    pass(Duration.ofNanos(1));
    assertThat(ask("alice")).isEqualTo("in 2");
    assertThat(questions.ask("alice", Duration.ZERO)).isEqualTo("in 3");
  }

  @Test
  void aThreadThatTheKernelRefusesIsMissedByOneQuestionOnly() throws Exception {
    AtomicBoolean refused = new AtomicBoolean(true);
    ThreadFactory kernel =
        task -> {
          if (refused.get()) {
            // So the JDK calls it.
            throw new OutOfMemoryError("unable to create native thread");
          }
          return Thread.ofPlatform().daemon().unstarted(task);
        };
    try (var asking =
        new Questions<String, String>(
            new Terms("test", Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, Duration.ZERO),
            this::answer,
            answer -> true,
            now::get,
            new Lanes(kernel, kernel))) {
      assertThatThrownBy(() -> asking.ask("alice", FRESH))
          .isInstanceOf(CannotTellException.class)
          .hasMessageContaining("no thread");

      refused.set(false);
      assertThat(asking.ask("alice", FRESH)).isEqualTo("in 1");
    }
  }

  @Test
  void noThreadIsStartedByAThreadThatAsks() throws Exception {
    Set<Thread> starters = ConcurrentHashMap.newKeySet();
    ThreadFactory kernel =
        task -> {
          starters.add(Thread.currentThread());
          return Thread.ofPlatform().daemon().unstarted(task);
        };
    try (var asking =
        new Questions<String, String>(
            new Terms("test", Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, Duration.ZERO),
            this::answer,
            answer -> true,
            now::get,
            new Lanes(kernel, kernel))) {
      FutureTask<String> unknown = new FutureTask<>(() -> asking.ask("alice", FRESH));
      FutureTask<String> known = new FutureTask<>(() -> asking.ask("alice", Duration.ZERO));
      for (FutureTask<String> question : List.of(unknown, known)) {
        Thread.ofPlatform().daemon().start(question);
        question.get(1, TimeUnit.MINUTES);
      }
    }
    assertThat(starters).containsExactly(Thread.currentThread());
  }

  @Test
  void inAnOutageOldAnswersCountUntilTheyAreStale() throws Exception {
    ask("alice");
    down = true;
    pass(FRESH);
    assertThat(ask("alice")).isEqualTo("in 1");
    pass(Duration.ofMinutes(10).minus(FRESH));
    assertThatThrownBy(() -> ask("alice")).hasMessage("down");
  }

  @Test
  void inAnOutageOneQuestionInAWhileGoesThrough() throws Exception {
    down = true;
    assertThatThrownBy(() -> ask("bob")).isInstanceOf(IOException.class);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> ask("bob")).isInstanceOf(CannotTellException.class);
    }
    assertThat(asked).hasSize(1);
    pass(Duration.ofSeconds(5));
    down = false;
    assertThat(ask("bob")).isEqualTo("in 2");
    assertThat(ask("carol")).isEqualTo("in 3");
  }

  @Test
  void aQuestionWithoutAnAnswerIsNoOutageForOthers() throws Exception {
    assertThatThrownBy(() -> ask("odd")).isInstanceOf(NoAnswerException.class);

    assertThat(ask("alice")).isEqualTo("in 2");
    assertThatThrownBy(() -> ask("odd")).hasMessage("odd");
  }

  @Test
  void aSourceThatHoldsAQuestionForMostOfTheTimeIsDown() {
    threads.submit(() -> impatient.ask("hang", FRESH)).state();
    while (asked.isEmpty()) {
      Thread.onSpinWait();
    }
    pass(IMPATIENCE.dividedBy(2));
    assertThatThrownBy(() -> impatient.ask("hang", FRESH))
        .hasMessage("there was no answer within 100 ms");

    assertThatThrownBy(() -> impatient.ask("alice", FRESH))
        .hasMessage("there was no answer within 100 ms");
    assertThat(asked).containsExactly("hang");
  }

  @Test
  @Timeout(60)
  void aQuestionThatTheSourceNeverLetsGoOfIsAskedAnewWhenItsTimeIsOver() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    AtomicInteger number = new AtomicInteger();
    Duration whole = Duration.ofSeconds(30);
    try (var asking =
        new Questions<String, String>(
            new Terms("test", whole, Duration.ofMinutes(10), whole, Duration.ofSeconds(5)),
            question -> {
              int mine = number.incrementAndGet();
              if (mine == 1) {
                letGo.await();
              }
              return "in " + mine;
            },
            answer -> true,
            now::get)) {
      Future<String> first = threads.submit(() -> asking.ask("alice", FRESH));
      while (number.get() == 0) {
        Thread.onSpinWait();
      }
      pass(whole);
      assertThat(asking.ask("alice", FRESH)).isEqualTo("in 2");

      letGo.countDown();
      assertThat(first.get()).isEqualTo("in 1");
      assertThat(asking.ask("alice", FRESH)).as("the newer is remembered").isEqualTo("in 2");
    }
  }

  @Test
  @Timeout(60)
  void aSourceThatNeverLetsGoIsDownForThoseWhoAreKnownToo() throws Exception {
    ask("alice");
    pass(FRESH);
    hangs = true;
    threads.submit(() -> ask("alice")).state();
    while (asked.size() < 2) {
      Thread.onSpinWait();
    }
    pass(Duration.ofSeconds(30));
    threads.submit(() -> ask("alice")).state();
    while (asked.size() < 3) {
      Thread.onSpinWait();
    }
    assertThatThrownBy(() -> ask("bob")).hasMessage("there was no answer within 30000 ms");
    assertThat(asked).containsExactly("alice", "alice", "alice");
  }

  /** Strangers can make it long, and would have everybody refused. */
  @Test
  void aLongQueueIsNoOutage() {
    List<Future<String>> waiting = new ArrayList<>();
    for (int i = 0; i < Lanes.WIDTH * 2; i++) {
      String name = "hang" + i;
      waiting.add(threads.submit(() -> impatient.ask(name, FRESH)));
    }
    for (Future<String> one : waiting) {
      assertThatThrownBy(one::get).hasMessageContaining("there was no answer within 100 ms");
    }
    // Where it is taken for down, nobody's question waits for its turn.
    assertThatThrownBy(() -> impatient.ask("alice", FRESH)).isInstanceOf(CannotTellException.class);
    hung.countDown();

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!asked.contains("alice")) {
      assertThat(System.nanoTime()).as("never asked").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void inAnOutageLateFailuresDoNotPutOffTheNextLook() throws Exception {
    Future<String> late = threads.submit(() -> ask("hang"));
    while (asked.isEmpty()) {
      Thread.onSpinWait();
    }
    down = true;
    assertThatThrownBy(() -> ask("bob")).isInstanceOf(IOException.class);
    pass(Duration.ofSeconds(4));
    hung.countDown();
    assertThatThrownBy(late::get).hasCauseInstanceOf(IOException.class);
    pass(Duration.ofSeconds(1));
    down = false;

    assertThat(ask("carol")).isEqualTo("in 3");
  }

  @Test
  void whatStrangersAskedForIsForgottenBeforeItFillsTheMemory() throws Exception {
    for (int i = 0; i <= 1_000; i++) {
      ask("stranger " + i);
    }

    int before = asked.size();
    ask("stranger 1000");
    assertThat(asked).hasSize(before);
    ask("stranger 0");
    assertThat(asked).hasSize(before + 1);
  }

  @Test
  void whatLetsNobodyInIsNeverKeptForAnOutage() throws Exception {
    assertThat(ask("stranger")).isEqualTo("out");
    pass(FRESH);
    down = true;
    assertThatThrownBy(() -> ask("stranger")).isInstanceOf(IOException.class);
  }

  @Test
  void equalQuestionsAtOneTimeAreAskedOnce() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(threads.submit(() -> ask("hang")));
    }
    while (asked.isEmpty()) {
      Thread.onSpinWait();
    }
    hung.countDown();
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("in 1");
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  @Timeout(15)
  void aHangCostsThoseWhoAreKnownThePatienceOnce() throws Exception {
    ask("alice");
    pass(FRESH);
    hangs = true;
    threads.submit(() -> ask("alice")).state();
    while (asked.size() < 2) {
      Thread.onSpinWait();
    }
    pass(Duration.ofSeconds(20));
    assertThat(ask("alice")).isEqualTo("in 1");
  }

  @Test
  void strangersThatHangStandBeforeNobodyWhoIsKnown() throws Exception {
    ask("alice");
    for (int i = 0; i < Lanes.WIDTH * 3; i++) {
      String name = "hang" + i;
      threads.submit(() -> ask(name)).state();
    }
    while (asked.size() < 1 + Lanes.WIDTH) {
      Thread.onSpinWait();
    }
    pass(FRESH);
    // At once, or the old one after the patience; then the new one has been asked for.
    assertThat(ask("alice")).startsWith("in");
    while (!asked.getLast().equals("alice")) {
      Thread.onSpinWait();
    }
    assertThat(asked).hasSize(2 + Lanes.WIDTH);
  }

  @Test
  void aFloodThatWaitsIsBounded() {
    List<Future<String>> flood = new ArrayList<>();
    for (int i = 0; i < Lanes.WIDTH + Lanes.MOST_WAITING + 1; i++) {
      String name = "hang" + i;
      flood.add(threads.submit(() -> ask(name)));
    }
    while (flood.stream().noneMatch(Future::isDone)) {
      Thread.onSpinWait();
    }
    assertThat(flood.stream().filter(Future::isDone).findFirst().orElseThrow().exceptionNow())
        .hasMessage("too many questions wait for an answer");
  }

  @Test
  void strangersPushOutNobodyWhoIsKnown() throws Exception {
    ask("alice");
    for (int i = 0; i < 10_100; i++) {
      ask("stranger" + i);
    }
    int before = asked.size();
    assertThat(ask("alice")).isEqualTo("in 1");
    ask("stranger0");
    assertThat(asked).hasSize(before + 1);
  }
}
