package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.audit.TinyDisk;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of recordings: their beginning, their end, their keeping. */
class RecordingsTest {
  @TempDir Path state;
  private AuditLog audit;
  private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final InstantSource clock = () -> now;
  private final AtomicLong free = new AtomicLong(Long.MAX_VALUE);

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(log(), "1.0");
  }

  @AfterEach
  void close() {
    audit.close();
  }

  private Path log() {
    return state.resolve("audit");
  }

  private Path root() {
    return state.resolve("recordings");
  }

  /** Without a clock of its own: the test ticks. */
  private Recordings recordings(RecordingSettings settings) throws IOException {
    return recordings(root(), settings);
  }

  private Recordings recordings(Path root, RecordingSettings settings) throws IOException {
    return Recordings.open(root, settings, audit, "1.0", clock, System::nanoTime, free::get);
  }

  private Recording start(Recordings recordings) throws RecordingException {
    return recordings.start(Samples.CONNECTION, Samples.session(), now);
  }

  private static Map<String, String> end(Recording recording) {
    return recording.end(Optional.of(3), Optional.empty(), "the command ended");
  }

  private static Manifest manifest(Recording recording) throws IOException {
    return switch (Manifest.read(recording.folder())) {
      case Parsed.Valid<Manifest>(Manifest manifest) -> manifest;
      case Parsed.Malformed<Manifest>(String reason) -> throw new AssertionError(reason);
    };
  }

  @Test
  void theBeginningIsInTheAuditLogAndTheManifestBeforeAnythingIsRecorded() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    SessionFacts session = Samples.session();

    Recording recording = recordings.start(Samples.CONNECTION, session, now);

    JsonNode started = AuditLines.last(log(), "recording-started");
    assertThat(started.toString()).contains(session.id(), recording.folder().toString());
    Manifest manifest = manifest(recording);
    assertThat(manifest.isLive()).isTrue();
    assertThat(manifest.session()).isEqualTo(session);
    assertThat(manifest.connection()).isEqualTo(Samples.CONNECTION);
    assertThat(manifest.product()).isEqualTo("sallyport 1.0");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root())))
        .isEqualTo("rwx------");
    recordings.close();
  }

  @Test
  void underBestEffortAnExecKeepsTheBeginningOfEachStreamAndHashesAllOfIt() throws Exception {
    RecordingSettings settings = Samples.execOutput(10);
    Recordings recordings = recordings(settings);
    Recording recording = start(recordings);
    Exec exec = recording.exec(Asked.of("tar c /\u001b"));
    byte[] output = Samples.bytes("0123456789abcdef");
    exec.output(output, 0, 7);
    exec.output(output, 7, 9);
    exec.errors(Samples.bytes("oops"), 0, 4);
    now = now.plusSeconds(75);
    Map<String, String> hashes = end(recording);

    Manifest manifest = manifest(recording);
    assertThat(manifest.content())
        .contains(new Manifest.Content(Manifest.Kind.EXEC, Asked.of("tar c /\u001b")));
    Manifest.Ending ending = manifest.ending().orElseThrow();
    assertThat(ending.exitStatus()).contains(3);
    assertThat(ending.truncated()).isFalse();
    assertThat(Duration.between(manifest.begin(), ending.at())).hasSeconds(75);
    assertThat(recording.folder().resolve("stdout")).hasContent("0123456789");
    assertThat(ending.files().get("stdout"))
        .isEqualTo(
            new Manifest.FileFacts(
                10, Sha256.of(Samples.bytes("0123456789")), 16, Sha256.of(output)));
    assertThat(ending.files().get("stderr"))
        .isEqualTo(
            new Manifest.FileFacts(
                4, Sha256.of(Samples.bytes("oops")), 4, Sha256.of(Samples.bytes("oops"))));
    assertThat(ending.files()).containsOnlyKeys("stdout", "stderr");
    assertThat(ending.unkept()).isEqualTo(Map.of("stdout", 6L));
    assertThat(ending.isComplete()).isFalse();
    JsonNode finalised = AuditLines.last(log(), "recording-finalised");
    assertThat(finalised.toString())
        .contains(hashes.get("stdout"), hashes.get("stderr"), hashes.get("manifest.json"));
    recordings.close();
  }

  @Test
  void theLongestCommandOfAnyBytesComesBackFromTheManifestWithItsVariables() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    Recording recording = start(recordings);
    Asked asked =
        new Asked(
            "\ufffd".repeat(Recording.LONGEST_COMMAND),
            Optional.of("ff".repeat(Recording.LONGEST_COMMAND)),
            Collections.nCopies(64, "LC_" + "X".repeat(125) + "=" + "v".repeat(4096)),
            0);
    recording.exec(asked);

    assertThat(manifest(recording).content())
        .contains(new Manifest.Content(Manifest.Kind.EXEC, asked));
    recordings.close();
  }

  @Test
  void whatIsNotKeptIsCountedAndFromTheFirstLongOneOnHashed() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    for (int length : new int[] {KeptStream.SHORTEST_HASHED - 1, KeptStream.SHORTEST_HASHED}) {
      Recording recording = start(recordings);
      byte[] input = new byte[length];
      recording.exec(Asked.of("sudo -S true")).inputUnkept(input, 0, length);
      end(recording);

      assertThat(recording.folder().resolve("stdin")).isEmptyFile();
      assertThat(manifest(recording).ending().orElseThrow().files().get("stdin"))
          .isEqualTo(
              new Manifest.FileFacts(
                  0,
                  Sha256.of(new byte[0]),
                  length,
                  length < KeptStream.SHORTEST_HASHED ? "" : Sha256.of(input)));
    }
    recordings.close();
  }

  @Test
  void whatIsBufferedIsInTheFileAfterOneTick() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    Recording recording = start(recordings);
    recording.terminal(Asked.of(""), "xterm", 80, 24).output(Samples.bytes("typed"), 0, 5);
    Path cast = recording.folder().resolve("session.cast");
    assertThat(Files.readString(cast)).doesNotContain("typed");

    recordings.tick();

    assertThat(Files.readString(cast)).endsWith("typed\"]\n");
    recordings.close();
  }

  @Test
  void theClockTicksByItself() throws Exception {
    try (Recordings recordings = Recordings.open(root(), Samples.STRICT, audit, "1.0")) {
      recordings.begin();
      Recording recording = start(recordings);
      recording.exec(Asked.of("ls")).output(Samples.bytes("typed"), 0, 5);
      Condition.await("flushed", () -> recording.folder().resolve("stdout").toFile().length() == 5);
    }
  }

  @Test
  void closingFinalisesWhatIsLive() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    Recording recording = start(recordings);
    Exec exec = recording.exec(Asked.of("ls"));
    exec.output(Samples.bytes("x"), 0, 1);

    recordings.close();

    Manifest.Ending ending = manifest(recording).ending().orElseThrow();
    assertThat(ending.reason()).contains("stopped");
    assertThat(ending.isComplete()).as("the session has not ended").isFalse();
    assertThat(AuditLines.codes(log())).endsWith("recording-finalised");
    assertThatThrownBy(() -> exec.output(new byte[1], 0, 1)).isInstanceOf(RecordingException.class);
  }

  @Test
  void noSessionStartsBelowTheReserveAndTheLogSaysSoOnce() throws Exception {
    RecordingSettings settings =
        Samples.reserve(1600 * Samples.MEBIBYTE, RecordingSettings.Guarantee.STRICT);
    Recordings recordings = recordings(settings);
    free.set(1599 * Samples.MEBIBYTE);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> start(recordings))
          .isInstanceOf(RecordingException.class)
          .hasMessageContaining("nearly full")
          .hasMessageNotContaining(root().toString());
      recordings.tick();
    }
    free.set(1650 * Samples.MEBIBYTE); // not enough more: the edge must not fill the log
    recordings.tick();
    assertThatThrownBy(() -> start(recordings)).isInstanceOf(RecordingException.class);
    free.set(1700 * Samples.MEBIBYTE);

    end(start(recordings));

    assertThat(AuditLines.codes(log()))
        .filteredOn(code -> code.startsWith("recordings-"))
        .hasSize(2);
    assertThat(Folders.files(root().resolve("2026/11/22"))).hasSize(1);
    recordings.close();
  }

  @Test
  void aLiveRecordingGoesOnBelowTheReserve() throws Exception {
    RecordingSettings settings =
        Samples.reserve(1600 * Samples.MEBIBYTE, RecordingSettings.Guarantee.STRICT);
    Recordings recordings = recordings(settings);
    Recording recording = start(recordings);
    Exec exec = recording.exec(Asked.of("ls"));
    free.set(900 * Samples.MEBIBYTE);
    recordings.tick();
    exec.output(Samples.bytes("x"), 0, 1);
    end(recording);
    assertThat(manifest(recording).ending().orElseThrow().truncated()).isFalse();
    recordings.close();
  }

  /** One session that prints without end must not stop the bastion for all. */
  @Test
  void aLiveRecordingEndsInTheLowerHalfOfTheReserve() throws Exception {
    RecordingSettings settings =
        Samples.reserve(1600 * Samples.MEBIBYTE, RecordingSettings.Guarantee.STRICT);
    Recordings recordings = recordings(settings);
    Recording recording = start(recordings);
    Exec exec = recording.exec(Asked.of("yes"));
    exec.output(Samples.bytes("y"), 0, 1);
    free.set(799 * Samples.MEBIBYTE);
    recordings.tick();

    assertThatThrownBy(() -> exec.output(Samples.bytes("y"), 0, 1))
        .isInstanceOf(RecordingException.class);

    end(recording);
    assertThat(AuditLines.codes(log())).containsOnlyOnce("recording-failed");
    recordings.close();
  }

  @Test
  void bestEffortStartsBelowTheReserveWithoutARecordAndSaysSo() throws Exception {
    RecordingSettings settings =
        Samples.reserve(1600 * Samples.MEBIBYTE, RecordingSettings.Guarantee.BEST_EFFORT);
    Recordings recordings = recordings(settings);
    free.set(1599 * Samples.MEBIBYTE);

    Recording recording = start(recordings);
    recording.terminal(Asked.of(""), "xterm", 80, 24).output(new byte[5], 0, 5);
    assertThat(end(recording)).isEmpty();

    assertThat(AuditLines.codes(log())).containsOnlyOnce("recording-failed");
    assertThat(AuditLines.codes(log())).doesNotContain("recording-started", "recording-finalised");
    assertThat(recording.folder()).doesNotExist();
    recordings.close();
  }

  @Test
  void nothingStartsWithoutTheAuditLog() throws Exception {
    for (RecordingSettings settings : List.of(Samples.STRICT, Samples.BEST_EFFORT)) {
      Recordings recordings = recordings(settings);
      audit.close();
      assertThatThrownBy(() -> start(recordings))
          .isInstanceOf(RecordingException.class)
          .hasMessageContaining("audit log");
      assertThat(Folders.files(root().resolve("2026/11/22"))).isEmpty();
      assertThat(Folders.files(root().resolve("live"))).isEmpty();
      audit = AuditLog.open(log(), "1.0");
    }
  }

  @Test
  void aRecordingIsFinalOnlyWhenTheAuditLogSaysSo() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    Recording recording = start(recordings);
    recording.exec(Asked.of("ls")).output(Samples.bytes("x"), 0, 1);
    audit.close();

    assertThat(end(recording)).containsOnlyKeys("stdout");
    assertThat(recordings.live()).isEqualTo(1);
    recordings.close();

    audit = AuditLog.open(log(), "1.0");
    try (Recordings next = recordings(Samples.STRICT)) {
      next.begin();
      Condition.await("final", () -> next.left() == 0);
    }
    assertThat(AuditLines.codes(log())).containsOnlyOnce("recording-finalised");
    assertThat(manifest(recording).ending().orElseThrow().truncated()).isFalse();
    assertThat(Folders.files(root().resolve("live"))).isEmpty();
  }

  @Test
  void aFullDiskEndsAStrictSessionAndIsToldOnce() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 256)) {
      Recordings recordings = recordings(disk.path().resolve("recordings"), Samples.STRICT);
      Recording recording = start(recordings);
      Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
      terminal.output(Samples.bytes("kept"), 0, 4);
      recordings.tick();
      disk.fill();
      byte[] much = new byte[20_000];

      assertThatThrownBy(() -> terminal.output(much, 0, much.length))
          .isInstanceOf(RecordingException.class)
          .hasMessageContaining("it ends");
      assertThatThrownBy(() -> terminal.output(much, 0, 1)).isInstanceOf(RecordingException.class);
      end(recording);
      recordings.retry(); // the manifest did not fit either
      assertThat(recordings.live()).isEqualTo(1);
      disk.free();
      recordings.retry();

      assertThat(recordings.live()).isZero();
      assertThat(AuditLines.codes(log()))
          .containsOnlyOnce("recording-failed", "recording-finalised");
      JsonNode failed = AuditLines.last(log(), "recording-failed");
      assertThat(failed.toString()).contains("No space left");
      Manifest.Ending ending = manifest(recording).ending().orElseThrow();
      assertThat(ending.truncated()).isTrue();
      assertThat(ending.reason()).isEqualTo("the command ended");
      Path cast = recording.folder().resolve("session.cast");
      assertThat(Files.readString(cast)).endsWith("\"]\n").contains("kept");
      assertThat(ending.sha256().get("session.cast")).isEqualTo(Sha256.of(cast));
      recordings.close();
    }
  }

  @Test
  void aFullDiskThatTheClockNoticesEndsAStrictSessionAtItsNextByte() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 64)) {
      Recordings recordings = recordings(disk.path().resolve("recordings"), Samples.STRICT);
      Exec exec = start(recordings).exec(Asked.of("ls"));
      disk.fill();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 3; i++) {
                  exec.output(new byte[5000], 0, 5000);
                  recordings.tick();
                }
              })
          .isInstanceOf(RecordingException.class);
      disk.free();
      recordings.close();
    }
  }

  @Test
  void aFullDiskLetsABestEffortSessionGoOn() throws Exception {
    try (TinyDisk disk = new TinyDisk(state.resolve("disk"), 256)) {
      Recordings recordings = recordings(disk.path().resolve("recordings"), Samples.BEST_EFFORT);
      Recording recording = start(recordings);
      Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
      terminal.output(Samples.bytes("kept"), 0, 4);
      recordings.tick();
      disk.fill();
      for (int i = 0; i < 10; i++) {
        terminal.output(new byte[20_000], 0, 20_000);
        terminal.resize(80, 24);
      }
      Recording another = start(recordings);
      another.exec(Asked.of("ls")).output(new byte[20_000], 0, 20_000);
      assertThat(end(another)).isEmpty();
      disk.free();
      terminal.output(new byte[20_000], 0, 20_000); // a gap would look like nothing was missing
      end(recording);

      assertThat(manifest(recording).ending().orElseThrow().truncated()).isTrue();
      assertThat(Files.size(recording.folder().resolve("session.cast"))).isLessThan(1000);
      assertThat(AuditLines.codes(log()))
          .filteredOn(code -> code.equals("recording-failed"))
          .hasSize(2); // one of each session
      assertThat(AuditLines.last(log(), "recording-failed").toString()).contains("true");
      recordings.close();
    }
  }

  private Recording recorded(Recordings recordings, String begin, int bytes) throws Exception {
    now = Instant.parse(begin);
    Recording recording = start(recordings);
    recording.exec(Asked.of("ls")).output(new byte[bytes], 0, bytes);
    end(recording);
    return recording;
  }

  @Test
  void removesWhatIsTooOldButNeverWhatIsLive() throws Exception {
    RecordingSettings settings = Samples.kept(Duration.ofDays(7), Duration.ofDays(30), 0);
    Recordings recordings = recordings(settings);
    Recording old = recorded(recordings, "2026-01-31T12:00:00Z", 5);
    Recording live = recordings.start(Samples.CONNECTION, Samples.session(), now);
    Recording young = recorded(recordings, "2026-02-01T12:00:00Z", 5);
    Path nothingOfOurs = Files.createDirectories(root().resolve("2026/01/30/notes"));
    String manifest = Sha256.of(old.folder().resolve("manifest.json"));
    now = Instant.parse("2026-03-02T12:00:01Z"); // 30 days after the end of the old one

    recordings.sweep();

    assertThat(old.folder()).doesNotExist();
    assertThat(live.folder()).exists();
    assertThat(young.folder()).exists();
    assertThat(nothingOfOurs).exists();
    JsonNode removed = AuditLines.last(log(), "recording-removed");
    assertThat(removed.toString()).contains(old.id(), manifest, "30 days");
    assertThat(AuditLines.codes(log())).containsOnlyOnce("recording-removed");
    end(live);
    now = Instant.parse("2026-06-02T12:00:00Z");
    recordings.sweep();
    assertThat(root().resolve("2026/01/31")).doesNotExist();
    assertThat(root().resolve("2026/02")).doesNotExist();
    recordings.close();
  }

  @Test
  void removesTheOldestOfWhatIsTooMuchAndOldEnough() throws Exception {
    RecordingSettings settings = Samples.kept(Duration.ofDays(1), Duration.ZERO, 120_000);
    Recordings recordings = recordings(settings);
    Recording live = recordings.start(Samples.CONNECTION, Samples.session(), now);
    live.exec(Asked.of("ls")).output(new byte[50_000], 0, 50_000);
    Recording oldest = recorded(recordings, "2026-11-22T13:00:00Z", 30_000);
    Recording older = recorded(recordings, "2026-11-22T14:00:00Z", 30_000);
    Recording young = recorded(recordings, "2026-11-23T01:00:00Z", 50_000);
    recordings.sweep();
    assertThat(oldest.folder()).as("younger than a day").exists();
    now = Instant.parse("2026-11-23T15:00:00Z");

    recordings.sweep();

    assertThat(oldest.folder()).doesNotExist();
    assertThat(older.folder()).doesNotExist();
    assertThat(young.folder()).exists();
    assertThat(live.folder()).exists();
    assertThat(AuditLines.last(log(), "recording-removed").toString()).contains("117.1 KiB");
    recordings.close();
  }

  @Test
  void nothingIsRemovedThatCannotBeTold() throws Exception {
    RecordingSettings settings = Samples.kept(Duration.ofDays(1), Duration.ofDays(1), 0);
    Recordings recordings = recordings(settings);
    Recording old = recorded(recordings, "2026-01-31T12:00:00Z", 5);
    now = Instant.parse("2026-03-02T12:00:00Z");
    audit.close();

    recordings.sweep();

    assertThat(old.folder()).exists();
    recordings.close();
  }
}
