package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What one recording that is hard to remove means for the others: nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RetentionTest {
  private static final RecordingSettings SHORT =
      Samples.kept(Duration.ofHours(1), Duration.ofDays(1), 30_000);

  @TempDir Path state;
  private final Logger logger = (Logger) LoggerFactory.getLogger(Retention.class);
  private final ListAppender<ILoggingEvent> operator = new ListAppender<>();
  private AuditLog audit;
  private volatile Instant now = Instant.parse("2026-01-30T12:00:00Z");

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(log(), "1.0");
    operator.start();
    logger.addAppender(operator);
  }

  @AfterEach
  void close() {
    logger.detachAppender(operator);
    audit.close();
  }

  private Path log() {
    return state.resolve("audit");
  }

  private Recordings recordings() throws IOException {
    return Recordings.open(
        state.resolve("recordings"),
        SHORT,
        audit,
        "1.0",
        () -> now,
        System::nanoTime,
        () -> Long.MAX_VALUE);
  }

  private Path recorded(Recordings recordings, Instant begin, int bytes) throws Exception {
    now = begin;
    Recording recording = recordings.start(Samples.CONNECTION, Samples.session(), begin);
    recording.exec(Asked.of("ls")).output(new byte[bytes], 0, bytes);
    recording.end(Optional.of(0), Optional.empty(), "the command ended");
    return recording.folder();
  }

  /** Older than the other, so that its turn comes first. */
  private Path recordedTheDayBefore(Recordings recordings) throws Exception {
    return recorded(recordings, Instant.parse("2026-01-29T12:00:00Z"), 5);
  }

  private Path recorded(Recordings recordings) throws Exception {
    return recorded(recordings, Instant.parse("2026-01-30T12:00:00Z"), 5);
  }

  /** So that of the next process only the sweep reads their manifests. */
  private static void compressed(Recordings recordings) {
    recordings.compress();
  }

  private void aMonthLater() {
    now = Instant.parse("2026-03-02T12:00:00Z");
  }

  private long removals() {
    return AuditLines.codes(log()).stream().filter("recording-removed"::equals).count();
  }

  @Test
  void aRecordingThatCannotBeReadIsRemovedInItsTimeAndTheOthersToo() throws Exception {
    Recordings recordings = recordings();
    Path unreadable = recordedTheDayBefore(recordings);
    Files.delete(unreadable.resolve("manifest.json"));
    Files.createDirectory(unreadable.resolve("manifest.json"));
    Path old = recorded(recordings);
    aMonthLater();

    recordings.sweep();

    assertThat(unreadable).doesNotExist();
    assertThat(old).doesNotExist();
    recordings.close();
  }

  @Test
  void aRecordingThatCannotBeRemovedIsToldOnceAndTheOthersGo() throws Exception {
    Recordings recordings = recordings();
    Path stubborn = recordedTheDayBefore(recordings);
    Path notOurs = Files.createDirectories(stubborn.resolve("backup/today"));
    Path old = recorded(recordings);
    Path much = recorded(recordings, Instant.parse("2026-03-01T13:00:00Z"), 40_000);
    aMonthLater();

    recordings.sweep();
    recordings.sweep();

    assertThat(old).doesNotExist();
    assertThat(much).doesNotExist();
    assertThat(removals()).isEqualTo(3);
    assertThat(operator.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(line -> !line.startsWith("removed recording"))
        .singleElement()
        .asString()
        .contains(stubborn + " is due to be removed and could not be");
    Files.delete(notOurs);
    recordings.sweep();
    assertThat(stubborn).doesNotExist();
    assertThat(removals()).isEqualTo(3);
    recordings.close();
  }

  /** A recording whose manifest is a pipe: the sweep that reads it waits until the test lets go. */
  private static final class HeldUp {
    private final Path pipe;

    HeldUp(Path recording) throws Exception {
      pipe = recording.resolve("manifest.json");
      Files.delete(pipe);
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    }

    /** Waits for the sweep; what is to be closed holds it from then on. */
    OutputStream await() throws IOException {
      OutputStream held = new FileOutputStream(pipe.toFile());
      Files.delete(pipe);
      return held;
    }
  }

  @Test
  void theClockDoesNotWaitForASweep() throws Exception {
    Path old;
    try (Recordings before = recordings()) {
      old = recorded(before);
      compressed(before);
    }
    HeldUp heldUp = new HeldUp(old);
    aMonthLater();
    Recordings recordings = recordings();
    recordings.begin();
    OutputStream held = heldUp.await();
    Recording live = recordings.start(Samples.CONNECTION, Samples.session(), now);
    live.exec(Asked.of("ls")).output(Samples.bytes("typed"), 0, 5);

    Condition.await("flushed", () -> live.folder().resolve("stdout").toFile().length() == 5);

    assertThat(old).exists();
    held.close();
    recordings.close();
  }

  /** Twenty thousand must not keep the bastion from stopping: not even their days are read on. */
  @Test
  void closingLeavesTheRestOfASweepForTheNextRun() throws Exception {
    Path first;
    Path second;
    try (Recordings before = recordings()) {
      first = recordedTheDayBefore(before);
      second = recorded(before);
      compressed(before);
    }
    HeldUp heldUp = new HeldUp(first);
    var _ = new HeldUp(second);
    aMonthLater();
    Recordings recordings = recordings();
    recordings.begin();
    OutputStream held = heldUp.await();
    Recording live = recordings.start(Samples.CONNECTION, Samples.session(), now);
    Thread closing = Thread.ofVirtual().start(recordings::close);
    Condition.await("it is being closed", () -> recordings.live() == 0);
    held.close();
    closing.join();

    assertThat(live.folder()).exists();
    assertThat(second).exists();
  }
}
