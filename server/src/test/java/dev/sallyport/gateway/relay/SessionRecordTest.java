package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.memory.TestShares;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.Recording;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log says of a session, and when. */
final class SessionRecordTest {
  private static final SessionRequests SHELL =
      new SessionRequests(
          Optional.empty(),
          List.of(),
          false,
          List.of(),
          false,
          new byte[0],
          new Start.Shell(),
          false);

  @TempDir Path directory;
  private AuditLog audit;
  private Recordings recordings;

  @BeforeEach
  void open() throws Exception {
    audit = AuditLog.open(directory.resolve("audit"), "test");
    recordings = Recordings.open(directory.resolve("recordings"), Samples.STRICT, audit, "test");
  }

  @AfterEach
  void close() throws IOException {
    recordings.close();
    audit.close();
  }

  private SessionRecord record(Recording recording, SessionFacts facts) throws SessionFailure {
    return SessionRecord.open(
        audit,
        Samples.CONNECTION,
        facts,
        SHELL,
        recording,
        Terms.Input.NONE,
        TestShares.of(1024 * 1024));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Codes of the events of sessions, in order; the log is closed first. */
  private List<String> told() throws IOException {
    close();
    try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
      String all =
          files
              .filter(file -> file.toString().endsWith(".jsonl"))
              .sorted()
              .map(SessionRecordTest::read)
              .reduce("", String::concat);
      return Pattern.compile("session-(opened|closed|failed)")
          .matcher(all)
          .results()
          .map(found -> found.group(1))
          .toList();
    }
  }

  @Test
  void aSessionThatIsRecordedIsOpenedAndClosed() throws Exception {
    SessionFacts facts = Samples.session();
    Recording recording = recordings.start(Samples.CONNECTION, facts, Instant.now());

    record(recording, facts).close(Optional.of(Relay.Ended.unanswered("no answer")));

    assertThat(told()).containsExactly("opened", "closed");
  }

  @Test
  void aSessionThatCannotBeRecordedIsNeitherOpenedNorClosed() throws Exception {
    SessionFacts facts = Samples.session();
    Recording recording = recordings.start(Samples.CONNECTION, facts, Instant.now());
    recording.end(Optional.empty(), Optional.empty(), "its disk is gone");

    assertThatThrownBy(() -> record(recording, facts)).isInstanceOf(SessionFailure.class);

    assertThat(told()).isEmpty();
  }
}
