package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableLineTest {
  private static final ReadableLine READABLE = new ReadableLine(ZoneOffset.UTC);
  private static final OcsfEncoder ENCODER = new OcsfEncoder("1.2.3", "bastion");

  private static String read(AuditEvent event) {
    return READABLE.of(
        new String(OcsfEncoder.line(ENCODER.encode(event), 1), StandardCharsets.UTF_8).strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server-started | Sallyport X started and listens on 0.0.0.0:22
          server-stopped | Sallyport stopped: X
          run-ended-abruptly | Sallyport was killed: the previous run wrote no stop, so what was open then has no event of its end
          configuration-loaded | configuration X took effect (SHA-256 ab12)
          configuration-reloaded | configuration X took effect while running (SHA-256 ab12), changed: X, groups.ops; needs a restart: listen
          configuration-refused | configuration X was refused and the previous one stays in force: 2 errors (X, x)
          log-repaired | the audit log X ended in the middle of a line: 17 bytes moved to X
          log-file-compressed | the audit log's file /a/X was compressed, 9.0 kB to 800 B, events 1 to 10
          log-file-removed | the audit log's file /a/X was removed, 800 B, events 1 to 10: X
          disk-space | the file system of X is nearly full: 81 % used, 5.0 kB free
          log-recovered | the audit log can be written again after 9.0 s, 3 events lost: X
          noise-summary | unauthenticated clients within 1 min 0 s: 40 connections, 7 of them refused (5 for a penalty), 2 penalties more and 11 failed logins, from 198.51.100.1 (31), X (9) and others
          memory-refused | X was refused memory: 3000 bytes of a share of 2500 are reserved, and 7000 of 10000 by all users
          penalty-began | 2001:db8::/64 is refused for 16.0 s because it X
          penalty-ended | 2001:db8::/64 is no longer refused after 1 min 15 s; 12 connections were refused: X
          connection-opened | 203.0.113.7 connected through the load balancer 10.0.9.9 [c-1]
          connection-closed | X from 203.0.113.7 disconnected after 1 min 15 s, 1.2 kB sent, 5.7 kB received: X [c-1]
          authentication-succeeded | X logged in from 203.0.113.7 with X X (X) by X and X: X [c-1]
          authentication-failed | X failed to log in from 203.0.113.7 with X X by X: X; also offered ssh-rsa SHA256:b and 2 more [c-1]
          connection-revoked | X from 203.0.113.7 was disconnected because the login is no longer valid: X [c-1]
          request-refused | X was refused X "X" from 203.0.113.7: X [c-1]
          forward-opened | X opened X:22 (10.0.2.15) for X from 203.0.113.7 [c-1/f-1]
          forward-refused | X was refused X:22 (no-rule) from 203.0.113.7: X [c-1/f-1]
          forward-failed | X could not reach X:22 for X from 203.0.113.7: X [c-1/f-1]
          forward-closed | X closed X:22 (10.0.2.15) after 1.5 s, 100 B sent, 200 B received, by its first bytes X: X [c-1/f-1]
          known-hosts-changed | the known host keys of targets changed: 1 added (X), 2 removed (X, x)
          target-keys-forgotten | X for X removed the known host keys of X (X, x)
          second-factor-changed | X for X enrolled a second factor for X (plugin X)
          session-opened | X opened X "X" as X on X:22 (10.0.2.15) for X from 203.0.113.7 by X with 1 variable [c-1/s-1]
          session-requested | X sent X "X" to the session as X on X:22 (10.0.2.15) [c-1/s-1]
          agent-opened | a program of X as X on X:22 (10.0.2.15) began to use the agent of X at 203.0.113.7 [c-1/s-1]
          agent-closed | a program of X as X on X:22 (10.0.2.15) used the agent of X for 1.5 s, 100 B asked, 200 B answered [c-1/s-1]
          session-closed | X closed X "X" as X on X:22 (10.0.2.15) after 1.5 s, 100 B sent, 200 B received, exit status 3, signal X: X [c-1/s-1]
          session-failed | X could not open a session as X on X:22 (10.0.2.15) for X from 203.0.113.7: X [c-1/s-1]
          file-transferred | X sent /d/X as X on X:22 (10.0.2.15) with X, 300 B (SHA-256 ab12) [c-1/s-1]
          file-changed | X could not rename X to X (X) as X on X:22 (10.0.2.15): X [c-1/s-1]
          target-key-accepted | the X host key X of X:22 (10.0.2.15) was accepted for X as X [c-1/s-1]
          target-key-refused | the X host key X of X:22 (10.0.2.15) was refused for X: X [c-1/s-1]
          recording-started | the recording of X as X on X:22 started in /r/X [c-1/s-1]
          recording-finalised | the recording of X as X on X:22 is truncated and without 12 B of X in /r/X, 4.0 kB in 2 files: X [c-1/s-1]
          recording-failed | the recording of X as X on X:22 failed and the session ends: X [c-1/s-1]
          recording-removed | the recording in /r/X was removed: X [s-1]
          recording-read | X for X read the recording in /r/X (X) [s-1]
          recordings-space | recorded sessions are refused: 5.0 kB free for recordings, the reserve is 9.0 kB
          """)
  void tellsEveryKindOfEventInOneSentence(String code, String sentence) {
    AuditEvent event =
        Samples.all("X").stream()
            .filter(sample -> Kind.of(sample).code().equals(code))
            .findFirst()
            .orElseThrow();

    assertThat(read(event)).isEqualTo("2026-11-22T17:03:21+00:00 " + sentence);
  }

  @Test
  void everyLineOfAConnectionHasItsMark() {
    List<AuditEvent> ofConnection =
        Samples.all("X").stream().filter(AuditEvent.OfConnection.class::isInstance).toList();

    assertThat(ofConnection).hasSizeGreaterThan(20);
    assertThat(ofConnection)
        .allSatisfy(event -> assertThat(read(event)).matches(".* \\[c-1(/.*)?]"));
  }

  @Test
  void tellsAnAddressOnce() {
    assertThat(read(opened("10.0.2.15", "10.0.2.15")))
        .isEqualTo(
            "2026-11-22T17:03:21+00:00 alice opened 10.0.2.15:22 for web-ssh from 203.0.113.7"
                + " [c-1/f-1]");
    assertThat(read(opened("2001:db8::1", "2001:db8::1")))
        .isEqualTo(
            "2026-11-22T17:03:21+00:00 alice opened [2001:db8::1]:22 for web-ssh from 203.0.113.7"
                + " [c-1/f-1]");
  }

  private static AuditEvent.ForwardOpened opened(String asked, String dialled) {
    return new AuditEvent.ForwardOpened(
        Samples.AT,
        Samples.CONNECTION,
        new AuditEvent.Forward("f-1", "alice", new Target(asked, 22)),
        new InetSocketAddress(dialled, 22),
        "web-ssh",
        "metadata");
  }

  @Test
  void everyEventHasItsSentenceAsMessage() {
    for (AuditEvent event : Samples.all("X")) {
      byte[] line = OcsfEncoder.line(ENCODER.encode(event), 1);
      assertThat(SafeJson.MAPPER.readTree(line).path("message").asString())
          .isEqualTo(Sentence.of(event));
    }
  }

  /** Events that a version before 0.2 wrote. */
  @Test
  void anEventWithoutAMessageIsShownByItsMostTellingAttributes() {
    String old =
        """
        {"time": 1795366800000, "class_name": "Network Activity",
         "metadata": {"event_code": "forward-refused", "correlation_uid": "c-1"},
         "actor": {"user": {"name": "alice"}}, "dst_endpoint": {"hostname": "h\\u001b[2J"},
         "status_detail": "no rule", "connection_info": {"uid": "f-1"}}
        """;
    assertThat(READABLE.of(old)).endsWith(" forward-refused alice h\\u001b[2J no rule [c-1/f-1]");
  }

  @Test
  void aMessageThatAnotherProgramWroteIsEscaped() {
    assertThat(READABLE.of("{\"time\": 1, \"message\": \"a\\u001b[2J\\nb\\u202e\"}"))
        .isEqualTo("1970-01-01T00:00:00+00:00 a\\u001b[2J\\u000ab\\u202e");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RENAME           | ok                | /a -> /b | renamed /a to /b
          REMOVE           | ok                | /a       | removed /a
          REMOVE_DIRECTORY | ok                | /a       | removed directory /a
          MAKE_DIRECTORY   | ok                | /a       | made directory /a
          SET_ATTRIBUTES   | ok                | /a       | set attributes of /a
          LINK             | ok                | /a -> /b | made link /a to /b
          COPY             | ok                | /a -> /b | copied /a to /b
          COPY             | permission denied | /a -> /b | could not copy /a to /b
          REMOVE           | permission denied | /a       | could not remove /a
          """)
  void tellsWhatWasDoneToAFile(FileChange change, String result, String paths, String sentence) {
    String[] path = paths.split(" -> ");
    Optional<String> newPath = path.length > 1 ? Optional.of(path[1]) : Optional.empty();

    assertThat(read(changed(change, path[0], newPath, "", result)))
        .contains("X " + sentence + " as X on X:22")
        .endsWith(result.equals("ok") ? ") [c-1/s-1]" : ": permission denied [c-1/s-1]");
    assertThat(read(changed(change, path[0], newPath, "more of it", result)))
        .contains("X " + sentence + " (more of it) as X on X:22");
  }

  private static AuditEvent changed(
      FileChange change, String path, Optional<String> newPath, String detail, String result) {
    return new SessionEvent.FileChanged(
        Samples.AT,
        Samples.CONNECTION,
        Samples.session("X"),
        change,
        path,
        newPath,
        detail,
        result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scp is not understood from here on            | ok           | scp is not understood from here on
          scp is not understood from here on            | a bad answer | scp is not understood from here on: a bad answer
          sftp extension wipe@example.com is not understood | ok       | sftp extension wipe@example.com is not understood
          """)
  void tellsWhatIsNotUnderstoodInItsOwnWords(String detail, String result, String sentence) {
    assertThat(read(changed(FileChange.UNKNOWN, "", Optional.empty(), detail, result)))
        .isEqualTo(
            "2026-11-22T17:03:21+00:00 X as X on X:22 (10.0.2.15): " + sentence + " [c-1/s-1]");
  }

  @ParameterizedTest
  @EnumSource
  void everyChangeOfAFileHasASentence(FileChange change) {
    for (String result : List.of("ok", "permission denied")) {
      assertThat(read(changed(change, "/a", Optional.of("/b"), "", result)))
          .doesNotContain("changed", "could not change");
    }
  }

  @Test
  void tellsASecondFactorThatWasTakenAway() {
    AuditEvent event =
        new AuditEvent.SecondFactorChanged(
            Samples.AT,
            "root",
            Optional.empty(),
            "alice",
            "totp",
            AuditEvent.SecondFactorChanged.Change.REMOVED);

    assertThat(read(event)).endsWith(" root removed the second factor of alice (plugin totp)");
  }

  static Stream<Arguments> recordings() {
    return Stream.of(
        arguments(false, Map.of(), "complete"),
        arguments(true, Map.of(), "truncated"),
        arguments(false, Map.of("stdin", 12L), "complete but for 12 B of stdin"),
        arguments(false, Map.of("input", 34L), "complete but for 34 B of input"),
        arguments(false, Map.of("files", 3000L), "complete but for 3.0 kB of files"),
        arguments(false, Map.of("output", 5L), "not complete, without 5 B of output"),
        arguments(
            false,
            Map.of("stdin", 12L, "stdout", 5L),
            "not complete, without 12 B of stdin and 5 B of stdout"),
        arguments(true, Map.of("stderr", 5L), "truncated and without 5 B of stderr"));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void callsARecordingCompleteOnlyWhenNothingIsMissing(
      boolean truncated, Map<String, Long> unkept, String extent) {
    AuditEvent event =
        new RecordingEvent.RecordingFinalised(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            "/r/X",
            Map.of("0.cast", "cd34"),
            4000,
            truncated,
            new TreeMap<>(unkept),
            "ended");

    assertThat(read(event))
        .endsWith(
            "the recording of X as X on X:22 is %s in /r/X, 4.0 kB in 1 file: ended [c-1/s-1]"
                .formatted(extent));
  }

  @Test
  void tellsASessionThatGoesOnWithoutItsRecording() {
    AuditEvent event =
        new RecordingEvent.RecordingFailed(
            Samples.AT, Samples.CONNECTION, Samples.session("X"), "disk full", true);

    assertThat(read(event))
        .endsWith(
            "the recording of X as X on X:22 failed and the session continues without it: disk full"
                + " [c-1/s-1]");
  }

  @Test
  void tellsAFileThatWasFetchedInPart() {
    AuditEvent event =
        new SessionEvent.FileTransferred(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            FileDirection.GET,
            "/a",
            7,
            0,
            "",
            "sftp",
            "unfinished",
            Optional.empty());

    assertThat(read(event))
        .endsWith(
            "X could not fetch /a as X on X:22 (10.0.2.15) with sftp, 7 B: unfinished [c-1/s-1]");
  }

  @Test
  void showsTheEndOfALongPath() {
    String path = "/.".repeat(500) + "/root/.ssh/authorized_keys";
    AuditEvent event =
        new SessionEvent.FileChanged(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            FileChange.RENAME,
            path,
            Optional.of("/b" + path),
            "",
            "ok");

    assertThat(read(event))
        .matches(
            ".* X renamed \\.\\.\\.[./]+/root/.ssh/authorized_keys \\(1026 characters\\)"
                + " to \\.\\.\\.[./]+/root/.ssh/authorized_keys \\(1028 characters\\) as X on .*");
  }

  @Test
  void showsALongNameWhole() {
    String path = "/a/" + "n".repeat(255);
    AuditEvent event =
        new SessionEvent.FileTransferred(
            Samples.AT,
            Samples.CONNECTION,
            Samples.session("X"),
            FileDirection.GET,
            path,
            7,
            0,
            "",
            "sftp",
            "ok",
            Optional.empty());

    assertThat(read(event)).contains("X fetched " + path + " as X on ");
  }

  @Test
  void tellsThatAForwardIsInspectedOnlyIfItIs() {
    AuditEvent.ForwardOpened plain = opened("h", "10.0.2.15");
    AuditEvent inspected =
        new AuditEvent.ForwardOpened(
            plain.at(),
            plain.connection(),
            plain.forward(),
            plain.address(),
            plain.rule(),
            "session");

    assertThat(read(plain)).endsWith(" from 203.0.113.7 [c-1/f-1]");
    assertThat(read(inspected)).endsWith(" from 203.0.113.7, inspected and recorded [c-1/f-1]");
  }

  @Test
  void tellsWhenRecordedSessionsStartAgain() {
    assertThat(read(new RecordingEvent.RecordingsSpace(Samples.AT, 9500, 9000, false)))
        .endsWith(
            "recorded sessions start again: 9.5 kB free for recordings, the reserve is 9.0 kB");
  }

  @Test
  void showsTimesInTheReadersZone() {
    String line =
        new String(OcsfEncoder.line(ENCODER.encode(Samples.STOPPED), 1), StandardCharsets.UTF_8);

    assertThat(new ReadableLine(ZoneOffset.ofHours(2)).of(line))
        .startsWith("2026-11-22T19:03:21+02:00 ");
  }

  static List<AuditEvent> hostile() {
    return Samples.all("%s%n\u001b[2J\r\n\u202e\u0000\u007f\u009b" + "x".repeat(5000));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isOneShortLineFitForATerminalWhateverTheClientSent(AuditEvent event) {
    assertThat(read(event)).matches("[ -~]*").hasSizeLessThan(2500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u001b[2J",
        "{",
        "[]",
        "null",
        "{}",
        "{\"time\":\"x\"}",
        "{\"time\":99999999999999999999999}",
        "{\"time\":9223372036854775807}",
        "{\"time\":1,\"metadata\":{\"event_code\":\"forward-opened\"}}",
        "{\"time\":1,\"metadata\":{\"event_code\":\"noise-summary\"},\"unmapped\":{\"sources\":7,\"refused\":\"\\u001b\"}}",
        "{\"time\":1,\"metadata\":{\"event_code\":{\"a\":[]}},\"class_name\":\"\\u001b\"}"
      })
  void showsWhatIsNoEventOfOursEscaped(String line) {
    assertThat(READABLE.of(line)).matches("[ -~]+");
  }
}
