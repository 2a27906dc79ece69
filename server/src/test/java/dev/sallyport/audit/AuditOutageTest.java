package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What happens while the log cannot be written, and afterwards. */
class AuditOutageTest {
  @TempDir Path state;
  private final TestClock clock = new TestClock("2026-11-22T12:00:00Z");
  private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.class);
  private final ListAppender<ILoggingEvent> operator = new ListAppender<>();

  @BeforeEach
  void listenToTheOperatorsLog() {
    operator.start();
    logger.addAppender(operator);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(operator);
  }

  private AuditLog open(Path directory) throws IOException {
    return AuditLog.open(directory, "1.0", clock);
  }

  private static void assertUnavailable(AuditLog log) {
    assertThatThrownBy(() -> log.commit(Samples.stopped("refused")))
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessageContaining(".jsonl");
    assertThat(log.available()).isFalse();
  }

  private long errors() {
    return List.copyOf(operator.list).stream().filter(e -> e.getLevel() == Level.ERROR).count();
  }

  /** Numbers without a gap from 1, and whole lines only. */
  private static void assertWhole(Path directory) {
    List<Long> sequences = LogReader.sequences(directory);
    assertThat(sequences).isEqualTo(LongStream.rangeClosed(1, sequences.size()).boxed().toList());
  }

  @Test
  void fullDiskRefusesCommitsKeepsClosesAndRecoversByItself() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 64)) {
      Path directory = disk.path().resolve("audit");
      try (AuditLog log = open(directory)) {
        log.commit(Samples.stopped("before"));
        disk.fill();
        long room = 4096 / 400; // what is left of the last page of the file
        for (int i = 0; i < 2 * room && log.available(); i++) {
          log.append(Samples.stopped("filler"));
          Condition.await("tried", () -> !log.available() || log.waiting() == 0);
        }
        assertUnavailable(log);
        assertUnavailable(log);
        log.append(Samples.stopped("close during the outage"));
        assertThat(errors()).isEqualTo(1);
        List<String> during = LogReader.details(directory);
        assertThat(during).doesNotContain("refused", "close during the outage");

        clock.set("2026-11-22T12:05:00Z");
        disk.free();

        Condition.await("recovered without being asked", log::available);
        log.commit(Samples.stopped("after"));
        List<JsonNode> after =
            LogReader.events(directory).subList(during.size(), LogReader.events(directory).size());
        JsonNode recovered = after.getFirst();
        assertThat(recovered.path("metadata").path("event_code").stringValue())
            .isEqualTo("log-recovered");
        assertThat(recovered.path("status_detail").stringValue()).contains("No space left");
        assertThat(recovered.path("unmapped").path("lost").longValue()).isZero();
        assertThat(
                recovered.path("end_time").longValue() - recovered.path("start_time").longValue())
            .isEqualTo(300_000);
        assertThat(LogReader.details(directory))
            .endsWith("close during the outage", "after")
            .doesNotContain("refused");
        assertWhole(directory);
      }
    }
  }

  @Test
  void aCommitTriesAgainAtOnceAndSucceedsOnceTheDiskHasRoom() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 64)) {
      try (AuditLog log = open(disk.path().resolve("audit"))) {
        disk.fill();
        assertUnavailable(log);
        disk.free();

        log.commit(Samples.stopped("after"));

        assertThat(LogReader.codes(disk.path().resolve("audit")))
            .containsExactly("log-recovered", "server-stopped");
      }
    }
  }

  @Test
  void whatIsInTheLogIsExactlyWhatWasGrantedWhateverTheDiskDoes() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 256);
        AuditLog log = open(disk.path().resolve("audit"))) {
      Set<String> granted = ConcurrentHashMap.newKeySet();
      Set<String> refused = ConcurrentHashMap.newKeySet();
      // All that follow may wait together and be one batch, which is more than the disk takes.
      log.commit(Samples.stopped("commit alone"));
      granted.add("commit alone");
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 600; i++) {
          String reason = "commit " + i;
          threads.execute(() -> {
            try {
              log.commit(Samples.stopped(reason));
              granted.add(reason);
            } catch (AuditUnavailableException full) {
              refused.add(reason);
            }
          });
        }
      }
      assertThat(granted).isNotEmpty();
      assertThat(refused).isNotEmpty();
      assertThat(LogReader.details(disk.path().resolve("audit")))
          .filteredOn(detail -> detail.startsWith("commit"))
          .containsExactlyInAnyOrderElementsOf(granted);
      assertWhole(disk.path().resolve("audit"));
    }
  }

  @Test
  void startFailsOnAFullDisk() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 64)) {
      open(disk.path().resolve("audit")).close();
      Path file = LogReader.files(disk.path().resolve("audit")).getFirst();
      Files.writeString(file, "torn");
      disk.fill();

      assertThatThrownBy(() -> open(disk.path().resolve("audit"))).isInstanceOf(IOException.class);
      assertThat(file).hasContent("torn");
    }
  }

  @Test
  void countsWhatTheBacklogCannotHold() throws Exception {
    int events = AuditLog.PENDING_BYTES / 400 + 5000;
    Path directory = state.resolve("audit");
    try (AuditLog log = open(directory)) {
      makeNextFileImpossible(directory);
      assertUnavailable(log);
      for (int i = 0; i < events; i++) {
        log.append(Samples.STOPPED);
      }
      assertThat(log.pendingBytes()).isLessThanOrEqualTo(AuditLog.PENDING_BYTES);
      int kept = log.waiting();
      assertThat(kept).isBetween(1000, events - 1000);

      makeNextFilePossible(directory);
      log.commit(Samples.stopped("after"));

      JsonNode recovered = LogReader.events(directory).getFirst();
      assertThat(recovered.path("unmapped").path("lost").longValue()).isEqualTo(events - kept);
      assertThat(LogReader.codes(directory)).hasSize(1 + kept + 1);
      assertWhole(directory);
    }
  }

  /** A new day whose file cannot be made: a fault that root has, too. */
  private void makeNextFileImpossible(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("audit-2026-11-23.jsonl.d"));
    Files.createSymbolicLink(
        directory.resolve("audit-2026-11-23.jsonl"), directory.resolve("audit-2026-11-23.jsonl.d"));
    clock.set("2026-11-23T00:00:00Z");
  }

  private static void makeNextFilePossible(Path directory) throws IOException {
    Files.delete(directory.resolve("audit-2026-11-23.jsonl"));
  }

  @Test
  void eachOutageIsLoggedOnce() throws Exception {
    Path directory = state.resolve("audit");
    try (AuditLog log = open(directory)) {
      makeNextFileImpossible(directory);
      for (int i = 0; i < 5; i++) {
        assertUnavailable(log);
      }
      assertThat(errors()).isEqualTo(1);
      makeNextFilePossible(directory);
      log.commit(Samples.STOPPED);
      Files.delete(directory.resolve("audit-2026-11-23.jsonl"));
      assertUnavailable(log);
      assertThat(errors()).isEqualTo(2);
    }
  }

  @Test
  void noticesThatItsFileWasRemovedAndGoesOnInANewOne() throws Exception {
    try (AuditLog log = open(state)) {
      log.commit(Samples.STOPPED);
      Files.delete(LogReader.files(state).getFirst());

      assertUnavailable(log);

      log.commit(Samples.stopped("after"));
      assertThat(LogReader.sequences(state)).containsExactly(2L, 3L);
      assertThat(LogReader.details(state)).first().asString().contains("removed");
    }
  }

  @Test
  void noticesThatItsFileWasEmptiedAndLeavesNoHoleInIt() throws Exception {
    try (AuditLog log = open(state)) {
      log.commit(Samples.STOPPED);
      Files.write(LogReader.files(state).getFirst(), new byte[0]);

      assertUnavailable(log);

      log.commit(Samples.stopped("after"));
      assertThat(LogReader.sequences(state)).containsExactly(2L, 3L);
    }
  }

  @Test
  void setsAsideWhatAnotherHandWroteIntoItsFile() throws Exception {
    try (AuditLog log = open(state)) {
      log.commit(Samples.STOPPED);
      Path file = LogReader.files(state).getFirst();
      Files.writeString(file, "{\"metadata\":{\"sequence\":2}}\n", StandardOpenOption.APPEND);

      assertUnavailable(log);

      log.commit(Samples.stopped("after"));
      assertThat(LogReader.codes(state))
          .containsExactly("server-stopped", "log-recovered", "log-repaired", "server-stopped");
      assertWhole(state);
      assertThat(state.resolve(file.getFileName() + ".torn-1"))
          .hasContent("{\"metadata\":{\"sequence\":2}}\n");
    }
  }

  @Test
  void closingDuringAnOutageEndsAndSaysWhatIsMissing() throws Exception {
    Path directory = state.resolve("audit");
    AuditLog log = open(directory);
    makeNextFileImpossible(directory);
    assertUnavailable(log);
    log.append(Samples.STOPPED);

    log.close();

    assertThat(operator.list.getLast().getFormattedMessage())
        .contains("events that could not be written: 1");
  }
}
