package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.SecondFactor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StrangersTest {
  private static final String STRANGER = "198.51.100.9";

  @TempDir Path directory;
  private final TestClock clock = new TestClock("2026-11-22T12:00:00Z");
  private final AtomicLong nanos = new AtomicLong();
  private AuditLog log;

  @BeforeEach
  void openLog() throws IOException {
    log = AuditLog.open(directory, "1.0", clock);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private Strangers strangers(int perMinute) {
    return new Strangers(log, new AuditSettings(perMinute, Duration.ofDays(1)), clock, nanos::get);
  }

  private static AuditEvent.Connection from(String source) {
    return new AuditEvent.Connection(
        ConnectionId.random(), new InetSocketAddress(source, 1), Samples.CONNECTION.local());
  }

  private static AuditEvent.ConnectionOpened opened(String source) {
    return new AuditEvent.ConnectionOpened(Samples.AT, from(source));
  }

  private static AuditEvent.AuthenticationFailed failed() {
    return new AuditEvent.AuthenticationFailed(
        Samples.AT, from(STRANGER), "root", evidence(), "unknown key");
  }

  private static AuditEvent.AuthenticationSucceeded succeeded() {
    return new AuditEvent.AuthenticationSucceeded(
        Samples.AT, from(STRANGER), "alice", evidence(), "laptop", new SecondFactor.None());
  }

  private static AuditEvent.Evidence evidence() {
    return new AuditEvent.Evidence("publickey", "ssh-ed25519", "SHA256:x", "authorized-keys");
  }

  private static AuditEvent.ConnectionClosed closed() {
    return new AuditEvent.ConnectionClosed(
        Samples.AT,
        from(STRANGER),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(1),
        0,
        0,
        "gone");
  }

  private List<String> codes() {
    log.close();
    return LogReader.codes(directory);
  }

  private JsonNode summary() {
    List<JsonNode> summaries =
        LogReader.events(directory).stream()
            .filter(event ->
                event.path("metadata").path("event_code").stringValue().equals("noise-summary"))
            .toList();
    assertThat(summaries).hasSize(1);
    return summaries.getFirst().path("unmapped");
  }

  @Test
  void tellsAStrangerInFullWithinTheBudget() {
    try (Strangers strangers = strangers(3)) {
      ConnectionAudit connection = strangers.opened(opened(STRANGER));
      connection.failed(failed());
      connection.closed(closed());
      connection.closed(closed());
    }
    assertThat(codes())
        .containsExactly("connection-opened", "authentication-failed", "connection-closed");
  }

  @Test
  void countsWhatIsBeyondTheBudgetAndSummarisesIt() {
    try (Strangers strangers = strangers(30)) {
      for (int i = 0; i < 1000; i++) {
        ConnectionAudit connection = strangers.opened(opened(STRANGER));
        connection.failed(failed());
        connection.failed(failed());
        connection.closed(closed());
      }
      for (int i = 0; i < 50; i++) {
        strangers.refused(new InetSocketAddress("192.0.2.1", 1).getAddress());
      }
    }
    List<String> codes = codes();
    int told = Collections.frequency(codes, "connection-opened");
    int failures = Collections.frequency(codes, "authentication-failed");
    assertThat(codes).hasSizeBetween(10, 31);
    assertThat(Collections.frequency(codes, "connection-closed")).isEqualTo(told);
    assertThat(summary().path("connections").intValue()).isEqualTo(1000 - told + 50);
    assertThat(summary().path("refused").intValue()).isEqualTo(50);
    assertThat(summary().path("failures").intValue()).isEqualTo(2000 - failures);
    assertThat(summary().path("sources").path(0).path("source").stringValue()).isEqualTo(STRANGER);
    assertThat(summary().path("sources").path(1).path("count").intValue()).isEqualTo(50);
    assertThat(summary().path("other_sources").booleanValue()).isFalse();
  }

  @Test
  void theBudgetComesBackWithTime() {
    try (Strangers strangers = strangers(4)) {
      strangers.opened(opened(STRANGER)).closed(closed());
      strangers.opened(opened(STRANGER)).closed(closed());
      strangers.opened(opened(STRANGER)).closed(closed());
      nanos.addAndGet(Duration.ofSeconds(30).toNanos());
      strangers.opened(opened(STRANGER)).closed(closed());
    }
    assertThat(Collections.frequency(codes(), "connection-opened")).isEqualTo(3);
    assertThat(summary().path("connections").intValue()).isEqualTo(1);
  }

  @Test
  void whoeverAuthenticatesIsToldInFullEvenWithoutBudget() throws Exception {
    try (Strangers strangers = strangers(0)) {
      ConnectionAudit connection = strangers.opened(opened(STRANGER));
      assertThat(LogReader.codes(directory)).isEmpty();

      connection.authenticated(succeeded());

      assertThat(LogReader.codes(directory))
          .containsExactly("connection-opened", "authentication-succeeded");
      assertThat(log.forces()).isEqualTo(1);
      connection.failed(failed());
      connection.closed(closed());
    }
    assertThat(codes())
        .containsExactly(
            "connection-opened",
            "authentication-succeeded",
            "authentication-failed",
            "connection-closed");
  }

  @Test
  void usersDoNotUseUpTheBudgetOfStrangers() throws Exception {
    try (Strangers strangers = strangers(2)) {
      for (int i = 0; i < 100; i++) {
        ConnectionAudit connection = strangers.opened(opened(STRANGER));
        connection.authenticated(succeeded());
      }
      strangers.opened(opened(STRANGER)).closed(closed());
    }
    assertThat(codes()).endsWith("connection-opened", "connection-closed").hasSize(202);
  }

  @Test
  void anEndedConnectionIsGrantedNothing() {
    try (Strangers strangers = strangers(0)) {
      ConnectionAudit connection = strangers.opened(opened(STRANGER));
      connection.closed(closed());

      assertThatThrownBy(() -> connection.authenticated(succeeded()))
          .isInstanceOf(AuditUnavailableException.class);
    }
    assertThat(codes()).containsExactly("noise-summary");
  }

  @Test
  void quietTimesAreNotSummarised() {
    try (Strangers strangers = strangers(30)) {
      strangers.summarise();
    }
    assertThat(codes()).isEmpty();
  }

  @Test
  void summariesComeByThemselves() {
    try (Strangers strangers =
        new Strangers(log, new AuditSettings(0, Duration.ofMillis(10)), clock, nanos::get)) {
      strangers.opened(opened(STRANGER)).closed(closed());

      Condition.await("a summary", () -> LogReader.codes(directory).contains("noise-summary"));
    }
  }

  @Test
  void sourcesTakeBoundedMemoryAndABoundedLine() throws Exception {
    try (Strangers strangers = strangers(0)) {
      for (int i = 0; i < 5000; i++) {
        byte[] address = {10, 0, (byte) (i >> 8), (byte) i};
        strangers.refused(InetAddress.getByAddress(address));
      }
      strangers.refused(InetAddress.getByName("10.0.0.0"));
    }
    assertThat(codes()).containsExactly("noise-summary");
    assertThat(summary().path("connections").intValue()).isEqualTo(5001);
    assertThat(summary().path("sources").size()).isEqualTo(Noise.LISTED_SOURCES);
    assertThat(summary().path("sources").path(0).path("count").intValue()).isEqualTo(2);
    assertThat(summary().path("other_sources").booleanValue()).isTrue();
  }

  @Test
  void anIpv6NetworkIsOneSource() throws Exception {
    try (Strangers strangers = strangers(0)) {
      for (int i = 0; i < 100; i++) {
        strangers.refused(InetAddress.getByName("2001:db8:1:2:" + i + "::1"));
      }
    }
    codes();
    assertThat(summary().path("sources").toString())
        .isEqualTo("[{\"source\":\"2001:db8:1:2::/64\",\"count\":100}]");
  }

  @Test
  void strangersDoNotFillTheBacklogOfALogThatCannotBeWritten() throws Exception {
    try (Strangers strangers = strangers(30)) {
      ConnectionAudit told = strangers.opened(opened(STRANGER));
      log.commit(Samples.STOPPED);
      // A folder where the next day's file should be: not even root can write that.
      Path obstacle = Files.createDirectory(directory.resolve("audit-2026-11-23.jsonl"));
      clock.set("2026-11-23T00:00:00Z");
      assertThatThrownBy(() -> log.commit(Samples.STOPPED))
          .isInstanceOf(AuditUnavailableException.class);

      told.failed(failed());
      ConnectionAudit untold = strangers.opened(opened(STRANGER));
      untold.failed(failed());
      assertThatThrownBy(() -> untold.authenticated(succeeded()))
          .isInstanceOf(AuditUnavailableException.class);
      untold.closed(closed());
      strangers.summarise();
      assertThat(log.waiting()).isZero();

      Files.delete(obstacle);
      Condition.await("recovered", log::available);
      told.closed(closed());
    }
    assertThat(codes())
        .containsExactly(
            "connection-opened",
            "server-stopped",
            "log-recovered",
            "connection-closed",
            "noise-summary");
    assertThat(summary().path("connections").intValue()).isEqualTo(1);
    assertThat(summary().path("failures").intValue()).isEqualTo(2);
  }

  @Test
  void aFailureWithLongTextsCountsAsManyEventsAsItsLineIsLong() {
    var strangers = strangers(20);
    String text = "\u0001".repeat(300);
    var failure =
        new AuditEvent.AuthenticationFailed(
            Samples.AT,
            from(STRANGER),
            text,
            new AuditEvent.Evidence(
                "publickey",
                text,
                text,
                "",
                Optional.of(new AuditEvent.Certificate(text, text, text))),
            text);
    for (int i = 0; i < 20; i++) {
      var connection = strangers.opened(opened(STRANGER));
      connection.failed(failure);
      connection.closed(closed());
    }
    strangers.close();
    log.close();

    List<Integer> lines =
        LogReader.events(directory).stream().map(event -> event.toString().length()).toList();
    int longest = Collections.max(lines);
    assertThat(longest).isGreaterThan(3 * EventLimit.EVENT_BYTES);
    // The budget, what one line went beyond it, and the summary.
    assertThat(lines.stream().mapToInt(line -> line).sum())
        .isLessThan(20 * EventLimit.EVENT_BYTES + longest + EventLimit.EVENT_BYTES);
  }
}
