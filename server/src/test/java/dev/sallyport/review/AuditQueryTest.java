package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditQueryTest {
  private static final Instant AT = Instant.parse("2026-03-14T18:30:00Z");

  private static final String FORWARD =
      """
      {"time":%d,"actor":{"user":{"name":"alice"}},"metadata":{"correlation_uid":"c81e728d-1"},\
      "connection_info":{"uid":"0639a68b-1"},\
      "dst_endpoint":{"hostname":"Db.internal","ip":"10.0.3.15","port":5432}}\
      """
          .formatted(AT.toEpochMilli());

  private static final String LOGIN =
      """
      {"time":%d,"user":{"name":"alice"},"metadata":{"correlation_uid":"c81e728d-1"},\
      "dst_endpoint":{"ip":"192.0.2.1","port":22}}\
      """
          .formatted(AT.toEpochMilli());

  private static final String RECORDING =
      """
      {"time":%d,"actor":{"user":{"name":"alice"}},"metadata":{"correlation_uid":"c81e728d-1"},\
      "connection_uid":"43fba90e-1","unmapped":{"target_host":"fd00::5","target_port":22,\
      "address":"[fd00:0:0:0:0:0:0:5]:22"}}\
      """
          .formatted(AT.toEpochMilli());

  /** A hyphen wants anything. */
  private static AuditQuery query(String user, String target, String id) {
    return new AuditQuery(
        wanted(user),
        wanted(target).map(WantedTarget::parse),
        wanted(id),
        Optional.empty(),
        Optional.empty());
  }

  private static Optional<String> wanted(String text) {
    return Optional.of(text).filter(any -> !any.equals("-"));
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, -, forward login recording",
    "alice, -, -, forward login recording",
    "alic, -, -, ''",
    "-, db.internal, -, forward",
    "-, db.internal:5432, -, forward",
    "-, db.internal:22, -, ''",
    "-, 10.0.3.15, -, forward",
    "-, 10.0.3.1, -, ''",
    "-, fd00::5, -, recording",
    "-, fd00:0::0:5, -, recording",
    "-, '[fd00::5]', -, recording",
    "-, '[fd00::5]:22', -, recording",
    "-, '[fd00::5]:23', -, ''",
    "-, -, c81e, forward login recording",
    "-, -, 0639a68b, forward",
    "-, -, 43fb, recording",
    "-, -, 728d, ''",
    "bob, -, c81e, ''",
  })
  void findsByUserTargetAndId(String user, String target, String id, String expected) {
    AuditQuery query = query(user, target, id);
    assertThat(query.matches(FORWARD)).isEqualTo(expected.contains("forward"));
    assertThat(query.matches(LOGIN)).isEqualTo(expected.contains("login"));
    assertThat(query.matches(RECORDING)).isEqualTo(expected.contains("recording"));
  }

  @Test
  void aTimeHasItsBeginningAndNotItsEnd() {
    assertThat(between(AT, AT.plusMillis(1)).matches(FORWARD)).isTrue();
    assertThat(between(AT.minusMillis(1), AT).matches(FORWARD)).isFalse();
    assertThat(between(AT.plusMillis(1), AT.plusMillis(2)).matches(FORWARD)).isFalse();
  }

  @Test
  void filesOfEarlierDaysAreNotReadAndThoseOfLaterDaysAreBecauseADiskMayHaveBeenFull() {
    AuditQuery query = between(AT, AT.plusSeconds(1));
    assertThat(query.mayBeIn(LocalDate.parse("2026-03-12"))).isFalse();
    assertThat(query.mayBeIn(LocalDate.parse("2026-03-14"))).isTrue();
    assertThat(query.mayBeIn(LocalDate.parse("2026-03-20"))).isTrue();
    assertThat(AuditQuery.ALL.mayBeIn(LocalDate.MIN)).isTrue();
  }

  private static AuditQuery between(Instant since, Instant until) {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(since),
        Optional.of(until));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"time\":\"x\"}", "\u001b[2J"})
  void whatIsNoEventIsShownByEverySearch(String line) {
    assertThat(query("alice", "db", "c81e").matches(line)).isTrue();
  }

  @Test
  void anEventOfAnotherShapeIsNotFoundAndDoesNoHarm() {
    assertThat(query("alice", "db:22", "c81e").matches("{\"time\":1,\"actor\":7,\"user\":[]}"))
        .isFalse();
  }
}
