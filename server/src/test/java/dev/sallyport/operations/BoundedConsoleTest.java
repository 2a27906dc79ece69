package dev.sallyport.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever makes the server log the same line again and again does not fill a disk with it. */
class BoundedConsoleTest {
  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Logger log = context.getLogger("sallyport.test");
  private long now;
  private BoundedConsole console;

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %msg%n%ex{1}%nopex");
    encoder.start();
    console = new BoundedConsole(() -> now);
    console.setContext(context);
    console.setEncoder(encoder);
    console.start();
    console.setOutputStream(written);
    log.addAppender(console);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** A logger of its own, whose lines are of kinds of their own. */
  private Logger kind(String name) {
    Logger logger = context.getLogger(name);
    logger.addAppender(console);
    return logger;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void linesOfOneKindAreBoundedWhateverTheySayAndOthersAreNot() {
    for (int i = 0; i < 10_000; i++) {
      log.warn("the target {} has another key", i);
    }
    log.error("something else");
    assertThat(lines()).hasSize(BoundedConsole.LINES + 1).endsWith("ERROR something else");
  }

  @Test
  void whatWasLeftOutIsCountedWhenTheMinuteIsOver() {
    for (int i = 0; i < BoundedConsole.LINES + 7; i++) {
      log.warn("the target {} has another key", i);
    }
    pass(Duration.ofMinutes(1));
    log.info("at last");
    assertThat(lines())
        .endsWith(
            "WARN in the last minute 7 more lines were left out such as: the target 0 has another"
                + " key",
            "INFO at last");
    log.warn("the target {} has another key", "x");
    assertThat(lines()).endsWith("WARN the target x has another key");
  }

  @Test
  void whatWasLeftOutIsCountedAtTheEnd() {
    for (int i = 0; i < BoundedConsole.LINES + 7; i++) {
      log.warn("again");
    }
    console.stop();
    assertThat(lines().getLast()).contains("7 more lines");
  }

  @Test
  void kindsBeyondTheMostShareOneBound() {
    for (int i = 0; i < BoundedConsole.MOST_KINDS; i++) {
      kind("known" + i).info("once");
    }
    for (int i = 0; i < 1000; i++) {
      kind("another" + i).warn("again");
    }
    assertThat(lines().stream().filter("WARN again"::equals)).hasSize(BoundedConsole.LINES);
    pass(Duration.ofMinutes(1));
    log.info("at last");
    assertThat(lines()).anyMatch(line -> line.contains(" 900 more lines "));
  }

  @Test
  void aStackTraceIsManyLines() {
    for (int i = 0; i < 100; i++) {
      log.error("an internal error", new IllegalStateException());
    }
    assertThat(lines().stream().filter(line -> line.startsWith("ERROR")))
        .hasSize(BoundedConsole.LINES / BoundedConsole.COST_OF_A_TRACE);
  }
}
