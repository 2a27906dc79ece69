package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

class DiskWatchTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock("2026-11-22T12:00:00Z");
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger percent = new AtomicInteger(10);
  private boolean fails;
  private boolean broken;
  private AuditLog log;
  private DiskWatch watch;

  @BeforeEach
  void open() throws IOException {
    log = AuditLog.open(directory, "1.0", clock);
    watch =
        new DiskWatch(
            List.of(directory), log, AuditSettings.DEFAULT, clock, nanos::get, this::measured);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private DiskUsage measured(Path path) throws IOException {
    if (fails) {
      throw new IOException("the disk is away");
    }
    if (broken) {
      throw new IllegalStateException("no file system is like that");
    }
    return new DiskUsage(percent.get(), 100 - percent.get());
  }

  private void look(int used) {
    percent.set(used);
    watch.look();
  }

  private List<JsonNode> told() {
    log.close();
    return LogReader.events(directory);
  }

  @Test
  void aDiskIsWarnedOfAt80PercentOnceAndWhenItHasRoomAgain() {
    for (int used : new int[] {79, 80, 81, 95, 81, 79, 78, 80, 77, 50}) {
      look(used);
    }

    assertThat(told())
        .extracting(event ->
            event.at("/unmapped/percent").asInt(0) + " " + event.at("/unmapped/low").asBoolean())
        .containsExactly("80 true", "77 false");
  }

  @Test
  void aDiskAtTheEdgeFillsNoLog() {
    for (int i = 0; i < 1000; i++) {
      look(79 + i % 2);
    }
    assertThat(told()).hasSize(1);
  }

  @Test
  void anotherLimitCountsFromTheNextLookOn() {
    look(85);
    watch.apply(
        new AuditSettings(30, Duration.ofMinutes(1), Duration.ZERO, Duration.ofDays(7), 90));
    look(85);
    look(90);
    assertThat(told())
        .extracting(event -> event.at("/unmapped/low").asBoolean())
        .containsExactly(true, false, true);
  }

  @Test
  void aDiskThatCannotBeLookedAtIsNeitherFullNorEmpty() {
    look(90);
    fails = true;
    look(10);
    fails = false;
    look(90);
    assertThat(told()).hasSize(1);
  }

  /** A fault of ours, or of the JDK's, with one file system. */
  @Test
  void anUncheckedFaultIsLoggedOnceAndTheNextLookGoesOn() {
    Logger logger = (Logger) LoggerFactory.getLogger(DiskWatch.class);
    ListAppender<ILoggingEvent> operator = new ListAppender<>();
    operator.start();
    logger.addAppender(operator);
    try {
      broken = true;
      look(90);
      look(90);
      broken = false;
    } finally {
      logger.detachAppender(operator);
    }
    assertThat(operator.list)
        .singleElement()
        .satisfies(
            line -> assertThat(line.getFormattedMessage()).contains(directory.toString()),
            line -> assertThat(line.getThrowableProxy()).isNotNull());

    look(90);
    assertThat(told()).hasSize(1);
  }

  @Test
  void theUseIsThatOfDfRoundedUp() {
    assertThat(new DiskUsage(0, 100).percent()).isZero();
    assertThat(new DiskUsage(1, 999).percent()).isEqualTo(1);
    assertThat(new DiskUsage(799, 201).percent()).isEqualTo(80);
    assertThat(new DiskUsage(100, 0).percent()).isEqualTo(100);
    assertThat(new DiskUsage(0, 0).percent()).isEqualTo(100);
    assertThat(new DiskUsage(Long.MAX_VALUE / 2, Long.MAX_VALUE).percent()).isEqualTo(34);
  }

  @Test
  void aFolderThatIsNotThereYetIsLookedAtWhereItWillBe() throws IOException {
    DiskUsage here = DiskUsage.of(directory);
    DiskUsage there = DiskUsage.of(directory.resolve("not/yet"));
    assertThat(there.percent()).isBetween(here.percent() - 1, here.percent() + 1);
    assertThat(here.usedBytes()).isPositive();
    assertThat(DiskWatch.oneOfEach(List.of(directory, directory.resolve("not/yet"))))
        .containsExactly(directory);
  }
}
