package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What becomes of old files of the log, and that no line is lost on the way. */
@Timeout(60)
class LogArchiveTest {
  private static final String FIRST = "audit-2026-11-01.jsonl";
  private static final String SECOND = "audit-2026-11-02.jsonl";
  private static final String THIRD = "audit-2026-11-03.jsonl";

  @TempDir Path directory;
  private final TestClock clock = new TestClock("2026-11-01T12:00:00Z");
  private AuditLog log;

  /** Three days with three events each; the third is the one that is written. */
  @BeforeEach
  void write() throws Exception {
    log = AuditLog.open(directory, "1.0", clock);
    for (int day = 1; day <= 3; day++) {
      clock.set("2026-11-0%dT12:00:00Z".formatted(day));
      for (int i = 0; i < 3; i++) {
        log.commit(Samples.stopped("day " + day));
      }
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private LogArchive archive(Duration compressAfter, Duration maxAge) {
    return new LogArchive(
        directory,
        log,
        new AuditSettings(30, Duration.ofMinutes(1), maxAge, compressAfter, 80),
        clock);
  }

  private LogArchive compressing() {
    return archive(Duration.ofDays(7), Duration.ZERO);
  }

  private LogArchive removing() {
    return archive(Duration.ZERO, Duration.ofDays(30));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(LogFiles::nameOf)
          .filter(name -> name.startsWith("audit-"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As every reader has them. */
  private List<JsonNode> events() throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (LogFiles.Day day : LogFiles.of(directory)) {
      try (LogFiles.Lines lines = day.open(0)) {
        new String(lines.in().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(SafeJson.MAPPER::readTree)
            .forEach(events::add);
      }
    }
    return events;
  }

  private List<Long> sequences() throws IOException {
    return events().stream()
        .map(event -> event.path("metadata").path("sequence").longValue())
        .toList();
  }

  private List<JsonNode> events(String code) throws IOException {
    return events().stream()
        .filter(event -> event.at("/metadata/event_code").asString("").equals(code))
        .toList();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private static byte[] decompressed(Path file) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- compress ----

  @Test
  void aDayIsCompressedOnceAllOfItIsOldEnough() {
    LogArchive archive = compressing();
    clock.set("2026-11-08T23:59:59Z");
    archive.sweep();
    assertThat(names()).contains(FIRST).doesNotContain(FIRST + ".gz");

    clock.set("2026-11-09T00:00:00Z");
    archive.sweep();
    assertThat(names()).contains(FIRST + ".gz", SECOND).doesNotContain(FIRST);
  }

  @Test
  void theLinesStayTheSameAndTheEventSaysWhatWasReplacedByWhat() throws Exception {
    byte[] before = Files.readAllBytes(file(FIRST));
    clock.set("2026-11-09T00:00:00Z");

    compressing().sweep();

    byte[] compressed = Files.readAllBytes(file(FIRST + ".gz"));
    assertThat(decompressed(file(FIRST + ".gz"))).isEqualTo(before);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(FIRST + ".gz"))))
        .isEqualTo("rw-------");
    assertThat(sequences()).isEqualTo(upTo(10));
    assertThat(events("log-file-compressed"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.at("/file/path").asString("")).isEqualTo(file(FIRST).toString());
          assertThat(event.at("/file/size").asInt(0)).isEqualTo(before.length);
          assertThat(event.at("/file/hashes/0/value").asString("")).isEqualTo(sha256(before));
          assertThat(event.at("/file_result/path").asString(""))
              .isEqualTo(file(FIRST + ".gz").toString());
          assertThat(event.at("/file_result/size").asInt(0)).isEqualTo(compressed.length);
          assertThat(event.at("/file_result/hashes/0/value").asString(""))
              .isEqualTo(sha256(compressed));
          assertThat(event.at("/unmapped/events").asInt(0)).isEqualTo(3);
          assertThat(event.at("/unmapped/first_sequence").asInt(0)).isEqualTo(1);
          assertThat(event.at("/unmapped/last_sequence").asInt(0)).isEqualTo(3);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-12-24T00:00:00Z", "2036-11-01T00:00:00Z"})
  void theNewestFileIsNeitherCompressedNorRemovedHoweverOld(String now) throws Exception {
    // The log's own clock stands still, so that no newer file begins.
    new LogArchive(
            directory,
            log,
            new AuditSettings(
                30, Duration.ofMinutes(1), Duration.ofDays(2), Duration.ofDays(1), 80),
            new TestClock(now))
        .sweep();

    assertThat(names()).containsExactly(THIRD);
  }

  @Test
  void aZeroCompressesAndRemovesNothing() {
    clock.set("2036-11-09T00:00:00Z");
    archive(Duration.ZERO, Duration.ZERO).sweep();
    assertThat(names()).containsExactly(FIRST, SECOND, THIRD);
  }

  /** Where a crash may come while a file is compressed. */
  enum Crash {
    BEFORE_IT_IS_WHOLE,
    BEFORE_ITS_NAME,
    BEFORE_ITS_EVENT,
    BEFORE_THE_OLD_FILE_IS_REMOVED
  }

  @ParameterizedTest
  @EnumSource
  void aCrashAtAnyPointLosesNoLineAndShowsNoneTwice(Crash crash) throws Exception {
    byte[] before = Files.readAllBytes(file(FIRST));
    clock.set("2026-11-09T00:00:00Z");
    compressing().sweep();
    byte[] compressed = Files.readAllBytes(file(FIRST + ".gz"));
    log.close();
    // Back to what the crash would have left.
    Path unfinished = file(FIRST + ".gz.new");
    Path newest = file("audit-2026-11-09.jsonl");
    switch (crash) {
      case BEFORE_IT_IS_WHOLE -> {
        Files.delete(file(FIRST + ".gz"));
        Files.write(unfinished, java.util.Arrays.copyOf(compressed, compressed.length / 2));
        Files.delete(newest);
      }
      case BEFORE_ITS_NAME -> {
        Files.move(file(FIRST + ".gz"), unfinished);
        Files.delete(newest);
      }
      case BEFORE_ITS_EVENT -> Files.delete(newest);
      case BEFORE_THE_OLD_FILE_IS_REMOVED -> {}
    }
    Files.write(file(FIRST), before);

    log = AuditLog.open(directory, "1.0", clock);
    log.commit(Samples.stopped("after the crash"));
    long lines = sequences().size();
    assertThat(sequences()).isEqualTo(upTo(lines));

    compressing().sweep();

    assertThat(names()).contains(FIRST + ".gz").doesNotContain(FIRST, FIRST + ".gz.new");
    assertThat(decompressed(file(FIRST + ".gz"))).isEqualTo(before);
    assertThat(sequences()).isEqualTo(upTo(lines + 1));
    assertThat(events("log-file-compressed")).isNotEmpty();
  }

  @Test
  void aFileOfOursThatCannotBeWrittenLeavesTheOldOneAndTheOthersGoOn() throws Exception {
    Files.createDirectories(file(FIRST + ".gz.new").resolve("in the way"));
    clock.set("2026-11-10T00:00:00Z");

    compressing().sweep();

    assertThat(names()).contains(FIRST, SECOND + ".gz").doesNotContain(FIRST + ".gz", SECOND);
    assertThat(sequences()).isEqualTo(upTo(10));
  }

  @Test
  void whileTheLogCannotBeWrittenNothingIsCompressedOrRemoved() throws Exception {
    clock.set("2026-12-24T00:00:00Z");
    Files.createDirectory(file("audit-2026-12-24.jsonl"));

    archive(Duration.ofDays(7), Duration.ofDays(40)).sweep();

    assertThat(names()).contains(FIRST, SECOND, THIRD);
    Files.delete(file("audit-2026-12-24.jsonl"));
  }

  /** Where the listing fails, no file is old, and none stays "as it is". */
  @Test
  void aListingThatFailsIsLoggedOnceUntilOneWorksAgain(@TempDir Path elsewhere) throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(LogArchive.class);
    ListAppender<ILoggingEvent> operator = new ListAppender<>();
    operator.start();
    logger.addAppender(operator);
    try {
      LogArchive archive = compressing();
      for (int i = 0; i < 2; i++) {
        Files.move(directory, elsewhere.resolve("audit"));
        Files.writeString(directory, "in the way");
        archive.sweep();
        archive.sweep();
        Files.delete(directory);
        Files.move(elsewhere.resolve("audit"), directory);
        archive.sweep();
      }
    } finally {
      logger.detachAppender(operator);
    }

    assertThat(operator.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .hasSize(2)
        .allSatisfy(
            line -> assertThat(line).startsWith("the files of the audit log cannot be listed: "));
  }

  // ---- the sequence ----

  @Test
  void theSequenceGoesOnWhenOnlyCompressedFilesAreLeft() throws Exception {
    clock.set("2026-11-10T00:00:00Z");
    compressing().sweep();
    log.close();
    // As an operator may do by hand.
    Files.deleteIfExists(file("audit-2026-11-10.jsonl"));
    compress(THIRD);

    log = AuditLog.open(directory, "1.0", clock);
    assertThat(log.lacksStop()).isFalse();
    log.commit(Samples.stopped("after"));

    assertThat(sequences()).isEqualTo(upTo(10));
  }

  @Test
  void aDayThatIsCompressedIsNotWrittenAgainWhateverTheClockSays() throws Exception {
    log.close();
    compress(THIRD);
    for (String now : List.of("2026-11-03T13:00:00Z", "2026-11-01T13:00:00Z")) {
      clock.set(now);
      log = AuditLog.open(directory, "1.0", clock);
      log.commit(Samples.stopped("after"));
      log.close();
    }
    assertThat(names()).containsExactly(FIRST, SECOND, THIRD + ".gz", "audit-2026-11-04.jsonl");
    assertThat(sequences()).isEqualTo(upTo(11));
    log = AuditLog.open(directory, "1.0", clock);
  }

  /** A day before the newest is there too, and must not be gone on with. */
  @Test
  void theSequenceGoesOnWhenTheNewestDayIsCompressedAndTheClockIsSetBack() throws Exception {
    log.close();
    compress(THIRD);
    clock.set("2026-11-02T13:00:00Z");

    log = AuditLog.open(directory, "1.0", clock);
    log.commit(Samples.stopped("after"));

    assertThat(names()).containsExactly(FIRST, SECOND, THIRD + ".gz", "audit-2026-11-04.jsonl");
    assertThat(sequences()).isEqualTo(upTo(10));
  }

  @Test
  void theSequenceIsFoundAtTheEndOfALargeCompressedFile() throws Exception {
    String text = "x".repeat(1000);
    for (int i = 0; i < 4000; i++) {
      log.append(Samples.stopped(text));
    }
    log.close();
    assertThat(Files.size(file(THIRD))).isGreaterThan(2 * LogTail.WINDOW);
    compress(THIRD);

    log = AuditLog.open(directory, "1.0", clock);
    log.commit(Samples.stopped("after"));

    assertThat(sequences()).isEqualTo(upTo(4010));
  }

  private void compress(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(bytes)) {
      new ByteArrayInputStream(Files.readAllBytes(file(name))).transferTo(gzip);
    }
    Files.write(file(name + ".gz"), bytes.toByteArray());
    Files.delete(file(name));
  }

  // ---- remove ----

  @Test
  void aDayIsRemovedOnceAllOfItIsTooOldAndTheGapIsExplained() throws Exception {
    clock.set("2026-12-01T23:59:59Z");
    removing().sweep();
    assertThat(names()).contains(FIRST);
    byte[] before = Files.readAllBytes(file(FIRST));

    clock.set("2026-12-02T00:00:00Z");
    removing().sweep();

    assertThat(names()).doesNotContain(FIRST).contains(SECOND);
    assertThat(events("log-file-removed"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.at("/file/path").asString("")).isEqualTo(file(FIRST).toString());
          assertThat(event.at("/file/size").asInt(0)).isEqualTo(before.length);
          assertThat(event.at("/file/hashes/0/value").asString("")).isEqualTo(sha256(before));
          assertThat(event.at("/unmapped/first_sequence").asInt(0)).isEqualTo(1);
          assertThat(event.at("/unmapped/last_sequence").asInt(0)).isEqualTo(3);
          assertThat(event.path("status_detail").asString(""))
              .isEqualTo("it is older than 30 days (audit.max-age)");
        });
    assertThat(sequences().getFirst()).isEqualTo(4);
  }

  @Test
  void aCompressedDayIsRemovedWithTheHashThatItsCompressionTold() throws Exception {
    clock.set("2026-11-09T00:00:00Z");
    compressing().sweep();
    clock.set("2026-12-02T00:00:00Z");
    removing().sweep();

    assertThat(names()).doesNotContain(FIRST, FIRST + ".gz");
    String told =
        events("log-file-compressed").getFirst().at("/file_result/hashes/0/value").asString("");
    assertThat(events("log-file-removed").getFirst().at("/file/hashes/0/value").asString(""))
        .isEqualTo(told);
    assertThat(events("log-file-removed").getFirst().at("/unmapped/last_sequence").asInt(0))
        .isEqualTo(3);
  }

  @Test
  void whatACrashSetAsideGoesWithItsDay() throws Exception {
    Files.writeString(file(FIRST + ".torn-1"), "torn");
    Files.writeString(file(FIRST + ".gz.new"), "unfinished");
    clock.set("2026-12-02T00:00:00Z");

    removing().sweep();

    assertThat(names()).noneMatch(name -> name.startsWith(FIRST));
    assertThat(events("log-file-removed"))
        .extracting(event -> event.at("/file/name").asString(""))
        .containsExactlyInAnyOrder(FIRST, FIRST + ".torn-1");
  }

  @Test
  void aCrashBeforeTheRemovalTellsItAgainAndThenRemoves() throws Exception {
    byte[] before = Files.readAllBytes(file(FIRST));
    clock.set("2026-12-02T00:00:00Z");
    removing().sweep();
    Files.write(file(FIRST), before);

    removing().sweep();

    assertThat(names()).doesNotContain(FIRST);
    assertThat(events("log-file-removed")).hasSize(2);
  }

  @Test
  void theSequenceGoesOnAfterAllOldFilesAreGone() throws Exception {
    clock.set("2027-11-02T00:00:00Z");
    removing().sweep();
    // Only the event about the first two made a newer file than the third.
    removing().sweep();
    log.close();
    assertThat(names()).containsExactly("audit-2027-11-02.jsonl");

    log = AuditLog.open(directory, "1.0", clock);
    log.commit(Samples.stopped("after"));

    assertThat(sequences()).containsExactly(10L, 11L, 12L, 13L);
  }

  @Test
  void whatIsNoFileOfADayStays() throws Exception {
    Files.writeString(file("audit-2026-13-01.jsonl"), "{}\n");
    Files.writeString(file("notes.txt"), "mine");
    Files.copy(file(FIRST), file("copy-of-" + FIRST), StandardCopyOption.REPLACE_EXISTING);
    clock.set("2036-11-02T00:00:00Z");

    archive(Duration.ofDays(1), Duration.ofDays(2)).sweep();

    assertThat(file("audit-2026-13-01.jsonl")).exists();
    assertThat(file("notes.txt")).exists();
    assertThat(file("copy-of-" + FIRST)).exists();
  }

  @Test
  void daysAreInOrderAndEachThereOnce() throws Exception {
    Files.copy(file(FIRST), file(FIRST + ".gz"));
    assertThat(LogFiles.of(directory))
        .extracting(LogFiles.Day::name)
        .containsExactly(FIRST, SECOND, THIRD);
    assertThat(LogFiles.of(directory).getFirst().date()).contains(LocalDate.parse("2026-11-01"));
    assertThat(LogFiles.of(file("nowhere"))).isEmpty();
  }
}
