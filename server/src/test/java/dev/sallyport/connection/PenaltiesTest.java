package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditSettings;
import dev.sallyport.audit.Strangers;
import dev.sallyport.spi.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log says about penalties. */
class PenaltiesTest {
  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private AuditLog log;
  private Strangers strangers;

  @BeforeEach
  void open() throws IOException {
    log = AuditLog.open(directory, "test");
    strangers = new Strangers(log, new AuditSettings(30, Duration.ofDays(1)));
  }

  @AfterEach
  void close() {
    strangers.close();
    log.close();
  }

  private Penalties penalties(PenaltySettings settings) {
    return new Penalties(settings, strangers, InstantSource.system(), nanos::get);
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static boolean isFree(Penalties penalties, String source) {
    return penalties.standing(address(source)) instanceof PenaltyTable.Standing.Free;
  }

  /** Enough to be kept out. */
  private static void misbehave(Penalties penalties, String source) {
    for (int i = 0; i < 4; i++) {
      penalties.penalise(address(source), Misconduct.AUTHENTICATION_FAILED);
    }
  }

  private List<String> lines(String code) {
    strangers.close();
    log.close();
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(PenaltiesTest::all)
          .filter(line -> line.contains("\"event_code\":\"" + code + "\""))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> all(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysWhyASourceIsTurnedAwayAndCountsNothing() {
    try (Penalties penalties = penalties(PenaltySettings.DEFAULT)) {
      misbehave(penalties, "203.0.113.7");
      for (int i = 0; i < 3; i++) {
        assertThat(penalties.refusal(address("203.0.113.7")))
            .contains(
                "203.0.113.7 is penalised for 20 s more, because it failed to log in (penalties)");
      }
      assertThat(penalties.refusal(address("203.0.113.8"))).isEmpty();
      nanos.addAndGet(Duration.ofSeconds(21).toNanos());
      assertThat(penalties.refusal(address("203.0.113.7"))).isEmpty();
      penalties.tell();
    }
    assertThat(lines("penalty-ended"))
        .singleElement()
        .asString()
        .doesNotContainPattern("turned_away\":[1-9]");
  }

  @Test
  void tellsTheBeginningAndTheEndAndHowManyWereTurnedAwayBetween() {
    try (Penalties penalties = penalties(PenaltySettings.DEFAULT)) {
      misbehave(penalties, "203.0.113.7");
      for (int i = 0; i < 1000; i++) {
        assertThat(isFree(penalties, "203.0.113.7")).isFalse();
      }
      assertThat(isFree(penalties, "203.0.113.8")).isTrue();
      nanos.addAndGet(Duration.ofSeconds(21).toNanos());
      assertThat(isFree(penalties, "203.0.113.7")).isTrue();
      penalties.tell();
    }
    assertThat(lines("penalty-began"))
        .singleElement()
        .asString()
        .contains("\"ip\":\"203.0.113.7\"", "\"duration\":20000", "failed to log in");
    assertThat(lines("penalty-ended"))
        .singleElement()
        .asString()
        .contains("\"turned_away\":1000", "it is over");
  }

  @Test
  void aPenaltyEndsWithTheBastion() {
    try (Penalties penalties = penalties(PenaltySettings.DEFAULT)) {
      misbehave(penalties, "2001:db8::1");
      assertThat(isFree(penalties, "2001:db8::2")).isFalse();
      assertThat(isFree(penalties, "2001:db8:0:1::1")).isTrue();
    }
    assertThat(lines("penalty-ended"))
        .singleElement()
        .asString()
        .contains("2001:db8::/64", "\"turned_away\":1", "the bastion stops");
  }

  @Test
  void aBotnetsPenaltiesAreCountedBeyondTheBudgetAndWhatBeganHasAnEnd() {
    try (Penalties penalties = penalties(PenaltySettings.DEFAULT)) {
      for (int i = 0; i < 5000; i++) {
        misbehave(penalties, "10.0." + i / 250 + "." + i % 250);
      }
      penalties.tell();
      nanos.addAndGet(Duration.ofSeconds(21).toNanos());
    }
    int told = lines("penalty-began").size();
    assertThat(told).isBetween(1, 6);
    assertThat(lines("penalty-ended")).hasSize(told);
    assertThat(lines("noise-summary"))
        .singleElement()
        .asString()
        .contains("\"penalties\":" + (5000 - told));
  }

  @Test
  void theExemptAreNeverPenalised() {
    Cidr office = Cidr.parse("203.0.113.0/24");
    try (Penalties penalties = penalties(Exempting.these(office))) {
      misbehave(penalties, "203.0.113.7");
      misbehave(penalties, "198.51.100.1");
      assertThat(isFree(penalties, "203.0.113.7")).isTrue();
      assertThat(isFree(penalties, "198.51.100.1")).isFalse();
    }
  }
}
