package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final String DAY = "2026-11-22T12:00:00Z";

  @TempDir Path state;
  private final TestClock clock = new TestClock(DAY);

  private Path directory() {
    return state.resolve("audit");
  }

  private AuditLog open() throws IOException {
    return AuditLog.open(directory(), "1.0", clock);
  }

  @Test
  void committedEventIsOnDiskWhenCommitReturns() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);

      assertThat(LogReader.codes(directory())).containsExactly("server-stopped");
      assertThat(log.available()).isTrue();
    }
  }

  @Test
  void appendedEventReachesTheDiskByItself() throws Exception {
    try (AuditLog log = open()) {
      log.append(Samples.STOPPED);

      Condition.await("written", () -> !LogReader.codes(directory()).isEmpty());
    }
  }

  @Test
  void keepsTheOrderInWhichEventsWereGiven() throws Exception {
    try (AuditLog log = open()) {
      log.append(Samples.stopped("1"));
      log.append(Samples.stopped("2"));
      log.commit(Samples.stopped("3"));

      assertThat(LogReader.details(directory())).containsExactly("1", "2", "3");
    }
  }

  @Test
  void onlyTheOwnerMayReadTheLog() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    assertThat(LogReader.files(directory()))
        .allSatisfy(file ->
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------"));
  }

  @Test
  void commitsThatWaitTogetherShareOneForce() throws Exception {
    try (AuditLog log = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      clock.hold();
      Future<?> first = commit(threads, log, "first");
      Condition.await("the writer is busy", clock::isHolding);
      AtomicInteger started = new AtomicInteger();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        others.add(
            threads.submit(() -> {
              started.incrementAndGet();
              log.commit(Samples.STOPPED);
              return null;
            }));
      }
      Condition.await("all wait", () -> log.waiting() == 201);
      assertThat(LogReader.codes(directory())).isEmpty();

      clock.release();

      first.get();
      for (Future<?> other : others) {
        other.get();
      }
      assertThat(started).hasValue(200);
      assertThat(LogReader.sequences(directory()))
          .isEqualTo(LongStream.rangeClosed(1, 201).boxed().toList());
      assertThat(log.forces()).isEqualTo(2);
    }
  }

  private static Future<?> commit(ExecutorService threads, AuditLog log, String reason) {
    return threads.submit(() -> {
      log.commit(Samples.stopped(reason));
      return null;
    });
  }

  @Test
  void interruptionDoesNotChangeTheOutcomeOfACommit() throws Exception {
    try (AuditLog log = open()) {
      Thread.currentThread().interrupt();
      log.commit(Samples.STOPPED);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(LogReader.codes(directory())).hasSize(1);
    }
  }

  @Test
  void closeWritesWhatWaits() throws Exception {
    AuditLog log = open();
    for (int i = 0; i < 5000; i++) {
      log.append(Samples.STOPPED);
    }
    log.close();

    assertThat(LogReader.sequences(directory()))
        .isEqualTo(LongStream.rangeClosed(1, 5000).boxed().toList());
  }

  @Test
  void refusesCommitsAfterClose() throws Exception {
    AuditLog log = open();
    log.close();
    log.close();

    assertThatThrownBy(() -> log.commit(Samples.STOPPED))
        .isInstanceOf(AuditUnavailableException.class);
    log.append(Samples.STOPPED);
    assertThat(log.available()).isFalse();
    assertThat(LogReader.codes(directory())).isEmpty();
  }

  @Test
  void fullQueueOfAHealthyLogMakesTheCallerWaitAndLosesNothing() throws Exception {
    int events = AuditLog.PENDING_BYTES / 512; // each takes more than that
    try (AuditLog log = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      clock.hold();
      AtomicInteger given = new AtomicInteger();
      Future<?> giver =
          threads.submit(() -> {
            for (int i = 0; i < events; i++) {
              log.append(Samples.STOPPED);
              given.incrementAndGet();
            }
          });
      Condition.await("the giver waits", log::hasWaitingCallers);
      assertThat(given.get()).isLessThan(events);
      assertThat(log.pendingBytes()).isLessThanOrEqualTo(AuditLog.PENDING_BYTES);

      clock.release();
      giver.get();
    }
    assertThat(LogReader.sequences(directory())).hasSize(events);
  }

  @Test
  void sequenceGoesOnAcrossRestarts() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (AuditLog log = open()) {
        log.commit(Samples.STOPPED);
        log.commit(Samples.STOPPED);
      }
    }
    assertThat(LogReader.sequences(directory())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void beginsANewFileOnANewDayAndGoesOnCounting() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.stopped("old day"));
      clock.set("2026-11-23T00:00:00Z");
      log.commit(Samples.stopped("new day"));
    }
    assertThat(LogReader.files(directory()))
        .extracting(file -> file.getFileName().toString())
        .containsExactly("audit-2026-11-22.jsonl", "audit-2026-11-23.jsonl");
    assertThat(LogReader.sequences(directory())).containsExactly(1L, 2L);
    assertThat(LogReader.details(directory())).containsExactly("old day", "new day");
  }

  @Test
  void staysInTheNewerFileWhenTheClockJumpsBack() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
      clock.set("2026-11-20T00:00:00Z");
      log.commit(Samples.STOPPED);
    }
    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
    }
    assertThat(LogReader.files(directory())).hasSize(1);
    assertThat(LogReader.sequences(directory())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void looksAtTheFileBeforeWhenTheNewestIsEmpty() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
    }
    Files.createFile(directory().resolve("audit-2026-11-23.jsonl"));
    Files.createFile(directory().resolve("audit-2026-11-24.jsonl"));

    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
    }
    assertThat(LogReader.sequences(directory())).containsExactly(1L, 2L);
  }

  @Test
  void refusesASecondServerOnTheSameLog() throws Exception {
    try (AuditLog log = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another server writes this audit log");
      log.commit(Samples.STOPPED);
    }
    open().close();
  }

  @Test
  void refusesToOpenWhereNoFolderCanBe() throws Exception {
    Files.writeString(directory(), "a file");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory().toString());
  }
}
