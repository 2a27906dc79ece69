package dev.sallyport.recording;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import dev.sallyport.recording.RecordingSettings.Guarantee;
import dev.sallyport.recording.files.FileEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** How much one session, and one user, may write to the disk, and what happens then. */
class BoundsTest {
  private static final long MEBIBYTE = Samples.MEBIBYTE;
  private static final int PACKET = 32 * 1024;

  /** Escapes make it six times as long in a cast. */
  private static final byte[] ZEROS = new byte[PACKET];

  @TempDir Path state;
  private AuditLog audit;
  private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final AtomicLong free = new AtomicLong(1L << 50);

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

  private Recordings recordings(long session, long user, Guarantee guarantee) throws IOException {
    return recordings(Samples.bounds(session, user, guarantee));
  }

  private Recordings recordings(RecordingSettings settings) throws IOException {
    return Recordings.open(
        state.resolve("recordings"),
        settings,
        audit,
        "1.0",
        () -> now,
        System::nanoTime,
        free::get);
  }

  private Recording start(Recordings recordings, String user) throws RecordingException {
    return recordings.start(Samples.CONNECTION, Samples.session(user, "web"), now);
  }

  private Exec exec(Recordings recordings, String user) throws RecordingException {
    return start(recordings, user).exec(Asked.of("cat"));
  }

  private static void end(Recording recording) {
    recording.end(Optional.of(0), Optional.empty(), "the command ended");
  }

  private static Manifest.Ending ending(Recording recording) throws IOException {
    return switch (Manifest.read(recording.folder())) {
      case Parsed.Valid<Manifest>(Manifest manifest) -> manifest.ending().orElseThrow();
      case Parsed.Malformed<Manifest>(String reason) -> throw new AssertionError(reason);
    };
  }

  private List<JsonNode> failures() {
    return AuditLines.of(log()).stream()
        .filter(event -> AuditLines.code(event).equals("recording-failed"))
        .toList();
  }

  /** Writes until it is refused, and returns how many packets passed. */
  private static int flood(Exec exec) {
    int passed = 0;
    try {
      while (passed < 10_000) {
        exec.output(ZEROS, 0, PACKET);
        passed++;
      }
    } catch (RecordingException refused) {
      return passed;
    }
    throw new AssertionError("nothing bounds it");
  }

  @Test
  void allOutputIsKeptUpToTheBoundAndThenAStrictSessionEndsInWords() throws Exception {
    Recordings recordings = recordings(4 * MEBIBYTE, 100 * MEBIBYTE, Guarantee.STRICT);
    Recording recording = start(recordings, "alice");
    Exec exec = recording.exec(Asked.of("cat"));

    int passed = flood(exec);

    assertThatThrownBy(() -> exec.output(ZEROS, 0, 1))
        .hasMessageContaining("has reached 4.0 MiB, which is the limit for one session")
        .hasMessageContaining("so it ends");
    assertThatThrownBy(() -> exec.inputUnkept(ZEROS, 0, 1)).isInstanceOf(RecordingException.class);
    end(recording);
    long kept = Files.size(recording.folder().resolve("stdout"));
    assertThat(kept).isEqualTo(passed * (long) PACKET);
    assertThat(kept).isBetween(4 * MEBIBYTE - 3 * Blocks.BYTES - PACKET, 4 * MEBIBYTE + PACKET);
    Manifest.Ending ending = ending(recording);
    assertThat(ending.isComplete()).as("all that passed is kept").isTrue();
    assertThat(ending.stopped()).contains("it has reached recording.session-max, 4.0 MiB");
    assertThat(failures()).hasSize(1);
    assertThat(failures().getFirst().toString())
        .contains("recording.session-max, 4.0 MiB", "\"session_goes_on\":false");
    recordings.close();
  }

  @Test
  void aBestEffortSessionGoesOnAndTheRecordSaysWhereItStopsAndWhatItLacks() throws Exception {
    Recordings recordings = recordings(MEBIBYTE, 100 * MEBIBYTE, Guarantee.BEST_EFFORT);
    Recording recording = start(recordings, "alice");
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    for (int i = 0; i < 10; i++) {
      terminal.output(ZEROS, 0, PACKET);
    }
    terminal.resize(90, 30);
    terminal.inputUnkept(7);
    end(recording);

    Path cast = recording.folder().resolve("session.cast");
    List<String> lines = Files.readAllLines(cast);
    assertThat(lines.getLast())
        .contains("\"m\", \"the recording stops here: it has reached recording.session-max");
    assertThat(Files.size(cast)).isLessThan(MEBIBYTE + 7 * PACKET);
    long shown = lines.stream().mapToLong(line -> line.split("\\\\u0000", -1).length - 1).sum();
    Manifest.Ending ending = ending(recording);
    assertThat(ending.unkept())
        .isEqualTo(Map.of("output", 10 * (long) PACKET - shown, "input", 7L));
    assertThat(ending.isComplete()).isFalse();
    assertThat(ending.stopped()).hasValueSatisfying(why -> assertThat(why).contains("session-max"));
    assertThat(failures()).hasSize(1);
    assertThat(failures().getFirst().toString()).contains("\"session_goes_on\":true");
    JsonNode finalised = AuditLines.last(log(), "recording-finalised");
    assertThat(finalised.at("/unmapped/complete").asBoolean(true)).isFalse();
    recordings.close();
  }

  /** Another session of the same user has used up the day meanwhile. */
  @Test
  void whatPassesInASessionWhoseRecordingStopsBeforeItBeginsIsCounted() throws Exception {
    Recordings recordings = recordings(4 * MEBIBYTE, MEBIBYTE, Guarantee.BEST_EFFORT);
    Recording command = start(recordings, "alice");
    Recording shell = start(recordings, "alice");
    Recording files = start(recordings, "alice");
    Exec flooding = exec(recordings, "alice");
    while (failures().isEmpty()) {
      flooding.output(ZEROS, 0, PACKET);
    }
    Exec exec = command.exec(Asked.of("cat"));
    exec.inputUnkept(ZEROS, 0, 7);
    exec.output(ZEROS, 0, 100);
    end(command);
    Terminal terminal = shell.terminal(Asked.of(""), "xterm", 80, 24);
    terminal.output(ZEROS, 0, 200);
    end(shell);
    Exec sftp = files.subsystem(Asked.of("sftp"));
    sftp.carries("sftp", List::of);
    sftp.passes();
    sftp.passed(3000);
    end(files);

    assertThat(ending(command).unkept()).isEqualTo(Map.of("stdin", 7L, "stdout", 100L));
    assertThat(ending(shell).unkept()).isEqualTo(Map.of("output", 200L));
    assertThat(ending(files).unkept()).isEqualTo(Map.of("files", 3000L));
    for (Recording recording : List.of(command, shell, files)) {
      assertThat(ending(recording).isComplete()).isFalse();
      assertThat(ending(recording).stopped()).isPresent();
    }
    recordings.close();
  }

  @Test
  void aSessionThatGoesOnBehindItsRecordIsNotCalledComplete() throws Exception {
    Recordings recordings = recordings(MEBIBYTE, 100 * MEBIBYTE, Guarantee.BEST_EFFORT);
    Recording recording = start(recordings, "alice");
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    for (int i = 0; i < 6; i++) {
      terminal.output(ZEROS, 0, PACKET);
    }
    terminal.resize(90, 30);
    Condition.await("the bound is reached", () -> failures().size() == 1);

    recording.cut("the bastion was stopped");

    assertThat(ending(recording).unkept()).isEmpty();
    assertThat(ending(recording).truncated()).isTrue();
    assertThat(ending(recording).isComplete()).isFalse();
    recordings.close();
  }

  @Test
  void whatADiskLosesBehindTheBoundIsNotCalledComplete() throws Exception {
    Recordings recordings = recordings(MEBIBYTE, 100 * MEBIBYTE, Guarantee.BEST_EFFORT);
    Recording recording = start(recordings, "alice");
    Exec exec = recording.exec(Asked.of("cat"));
    List<FileEvent.Transferred> onTheirWay = new ArrayList<>();
    exec.carries("sftp", () -> List.copyOf(onTheirWay));
    while (failures().isEmpty()) {
      exec.output(ZEROS, 0, PACKET);
    }
    onTheirWay.add(
        new FileEvent.Transferred(
            FileEvent.Direction.PUT, "/a", 1, 0, Optional.empty(), "unfinished"));
    Path obstacle = recording.folder().resolve("unfinished.json.new");
    Files.createDirectories(obstacle.resolve("full"));

    end(recording);
    Files.delete(obstacle.resolve("full"));
    Files.delete(obstacle);
    recordings.retry();

    assertThat(ending(recording).truncated()).isTrue();
    assertThat(failures()).hasSize(1);
    recordings.close();
  }

  @Test
  void whatABestEffortCommandPrintsBehindTheBoundIsCountedAndHashed() throws Exception {
    Recordings recordings = recordings(MEBIBYTE, 100 * MEBIBYTE, Guarantee.BEST_EFFORT);
    recordings.apply(
        new RecordingSettings(
            0,
            RecordingSettings.DEFAULT.minAge(),
            RecordingSettings.DEFAULT.maxAge(),
            0,
            MEBIBYTE,
            100 * MEBIBYTE,
            1 << 30,
            Guarantee.BEST_EFFORT));
    Recording recording = start(recordings, "alice");
    Exec exec = recording.exec(Asked.of("cat"));
    for (int i = 0; i < 64; i++) {
      exec.output(ZEROS, 0, PACKET);
    }
    end(recording);

    Manifest.FileFacts stdout = requireNonNull(ending(recording).files().get("stdout"));
    assertThat(stdout.totalBytes()).isEqualTo(64L * PACKET);
    assertThat(stdout.bytes()).isBetween(MEBIBYTE - PACKET, MEBIBYTE + PACKET);
    assertThat(stdout.totalSha256()).isEqualTo(Sha256.of(new byte[64 * PACKET]));
    assertThat(ending(recording).unkept())
        .isEqualTo(Map.of("stdout", stdout.totalBytes() - stdout.bytes()));
    recordings.close();
  }

  @Test
  void oneUsersRecordingsOfADayAreBoundedTogether() throws Exception {
    Recordings recordings = recordings(4 * MEBIBYTE, 6 * MEBIBYTE, Guarantee.STRICT);
    Recording first = start(recordings, "alice");
    Exec bobs = exec(recordings, "bob");
    Exec second = exec(recordings, "alice");
    flood(first.exec(Asked.of("cat")));
    assertThat(flood(second)).isBetween(50, 65);

    assertThatThrownBy(() -> second.output(ZEROS, 0, 1))
        .hasMessageContaining(
            "your recordings of 2026-11-22 (UTC) have reached 6.0 MiB, which is the limit");
    end(first);
    assertThatThrownBy(() -> start(recordings, "alice"))
        .as("the space is not given back by ending a session")
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("have reached 6.0 MiB");
    bobs.output(ZEROS, 0, PACKET);
    now = Instant.parse("2026-11-23T00:00:01Z");
    end(start(recordings, "alice"));
    recordings.close();
  }

  @Test
  void theBoundOfADaySurvivesARestart() throws Exception {
    Recordings before = recordings(4 * MEBIBYTE, 6 * MEBIBYTE, Guarantee.STRICT);
    Recording ended = start(before, "alice");
    flood(ended.exec(Asked.of("cat")));
    end(ended);
    flood(exec(before, "alice")); // and is killed
    before.tick();

    Recordings next = recordings(4 * MEBIBYTE, 6 * MEBIBYTE, Guarantee.STRICT);

    assertThatThrownBy(() -> start(next, "alice")).hasMessageContaining("have reached 6.0 MiB");
    end(start(next, "bob"));
    next.close();
  }

  /** Each takes a few blocks for a folder and its manifest, and a few inodes. */
  @Test
  void sessionsInWhichNothingHappensCountToo() throws Exception {
    Recordings recordings = recordings(4 * MEBIBYTE, MEBIBYTE, Guarantee.STRICT);
    int begun = 0;
    try {
      while (begun < 1000) {
        end(start(recordings, "alice"));
        begun++;
      }
    } catch (RecordingException refused) {
      assertThat(refused).hasMessageContaining("have reached 1.0 MiB");
    }
    assertThat(begun).isLessThanOrEqualTo((int) (MEBIBYTE / Blocks.BYTES / 2));
    recordings.close();
  }

  @ParameterizedTest
  @EnumSource(Guarantee.class)
  void oneUserTakesAQuarterOfTheSpaceThatIsLeftAndOthersStillBegin(Guarantee guarantee)
      throws Exception {
    long space = 40 * MEBIBYTE;
    Recordings recordings = recordings(100 * MEBIBYTE, 100 * MEBIBYTE, guarantee);
    free.set(space);
    long taken = 0;
    for (String user : List.of("alice", "bob", "carol", "dave", "eve")) {
      Recording recording = start(recordings, user);
      Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
      long before = taken;
      for (int i = 0; i < 400 && failures().stream().noneMatch(isOf(recording)); i++) {
        try {
          terminal.output(ZEROS, 0, 1024);
        } catch (RecordingException e) {
          assertThat(e).hasMessageContaining("one user's share of the space");
        }
        recordings.tick();
        taken = before + Files.size(recording.folder().resolve("session.cast"));
        free.set(space - taken);
      }
      if (failures().stream().anyMatch(isOf(recording))) {
        assertThat(taken - before).isLessThanOrEqualTo((space - before) / 4 + 20_000);
      }
      // What it would have written, had it gone on.
      taken = before + (space - before) / 4;
      free.set(space - taken);
    }
    end(start(recordings, "frank"));
    recordings.close();
  }

  private static java.util.function.Predicate<JsonNode> isOf(Recording recording) {
    return event -> event.path("connection_uid").asString("").equals(recording.id());
  }

  @Test
  void aRightThatBecomesStrictEndsASessionOfWhichSomethingIsMissing() throws Exception {
    Recordings recordings = recordings(Samples.execOutput(10));
    Exec exec = exec(recordings, "alice");
    exec.output(ZEROS, 0, 20);
    recordings.apply(Samples.STRICT);

    assertThatThrownBy(() -> exec.output(ZEROS, 0, 1))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("its record lacks");
    recordings.close();
  }

  @Test
  void whatARuleDoesNotKeepIsCountedAndNotCalledComplete() throws Exception {
    Recordings recordings = recordings(Samples.STRICT);
    Recording command = start(recordings, "alice");
    Exec exec = command.exec(Asked.of("sudo -S true"));
    exec.inputUnkept(ZEROS, 0, 12);
    exec.output(ZEROS, 0, 5);
    end(command);
    Recording shell = start(recordings, "alice");
    shell.terminal(Asked.of(""), "xterm", 80, 24).inputUnkept(34);
    end(shell);
    Recording files = start(recordings, "alice");
    Exec sftp = files.subsystem(Asked.of("sftp"));
    sftp.passes();
    sftp.passed(3000);
    end(files);

    assertThat(ending(command).unkept()).isEqualTo(Map.of("stdin", 12L));
    assertThat(ending(shell).unkept()).isEqualTo(Map.of("input", 34L));
    assertThat(ending(files).unkept()).isEqualTo(Map.of("files", 3000L));
    for (Recording recording : List.of(command, shell, files)) {
      assertThat(ending(recording).isComplete()).isFalse();
    }
    recordings.close();
  }

  private Recording recorded(Recordings recordings, String user, String begin, int bytes)
      throws Exception {
    now = Instant.parse(begin);
    Recording recording = start(recordings, user);
    recording.exec(Asked.of("ls")).output(new byte[bytes], 0, bytes);
    end(recording);
    return recording;
  }

  /** The attack: one live session that prints much made the bastion remove all other recordings. */
  @Test
  void whoPrintsMuchRemovesNoRecordingThatIsYoungAndNoNewOneBegins() throws Exception {
    Recordings recordings =
        recordings(
            Samples.kept(
                RecordingSettings.DEFAULT.minAge(),
                RecordingSettings.DEFAULT.maxAge(),
                30_000_000));
    List<Recording> others =
        List.of(
            recorded(recordings, "bob", "2026-11-20T12:00:00Z", 100_000),
            recorded(recordings, "carol", "2026-11-21T12:00:00Z", 100_000));
    Exec flooding = exec(recordings, "alice");
    recordings.sweep();
    recordings.tick();

    int passed = 0;
    try {
      while (passed < 10_000) {
        flooding.output(ZEROS, 0, PACKET);
        passed++;
        recordings.tick();
      }
    } catch (RecordingException e) {
      assertThat(e).hasMessageContaining("one user's share of the space");
    }

    assertThat(passed * (long) PACKET).isLessThan(30_000_000 / 4);
    recordings.sweep();
    assertThat(others).allSatisfy(recording -> assertThat(recording.folder()).exists());
    end(start(recordings, "dave"));
    recordings.apply(
        Samples.kept(
            RecordingSettings.DEFAULT.minAge(), RecordingSettings.DEFAULT.maxAge(), 1_000_000));
    recordings.sweep();
    assertThatThrownBy(() -> start(recordings, "dave"))
        .hasMessageContaining("there is no room for more recordings");
    assertThat(AuditLines.codes(log())).doesNotContain("recording-removed");
    assertThat(others).allSatisfy(recording -> assertThat(recording.folder()).exists());
    recordings.close();
  }

  @Test
  void theLargestUsersOldestGoFirst() throws Exception {
    Recordings recordings =
        recordings(
            Samples.kept(
                RecordingSettings.DEFAULT.minAge(), RecordingSettings.DEFAULT.maxAge(), 700_000));
    Recording bobs = recorded(recordings, "bob", "2026-11-01T12:00:00Z", 100_000);
    Recording oldest = recorded(recordings, "alice", "2026-11-02T12:00:00Z", 300_000);
    Recording older = recorded(recordings, "alice", "2026-11-03T12:00:00Z", 300_000);
    Recording carols = recorded(recordings, "carol", "2026-11-04T12:00:00Z", 100_000);
    now = Instant.parse("2026-11-20T12:00:00Z");

    recordings.sweep();

    assertThat(oldest.folder()).doesNotExist();
    for (Recording kept : List.of(bobs, older, carols)) {
      assertThat(kept.folder()).exists();
    }
    recordings.close();
  }

  @Test
  void aNameThatIsLongCountsAsItStandsInTheManifest() throws Exception {
    Recordings recordings = recordings(4 * MEBIBYTE, MEBIBYTE, Guarantee.STRICT);
    SessionFacts session = Samples.session("x".repeat(10_000), "web");
    Recording recording = recordings.start(Samples.CONNECTION, session, now);
    flood(recording.exec(Asked.of("cat")));
    end(recording);

    Recordings next = recordings(4 * MEBIBYTE, MEBIBYTE, Guarantee.STRICT);

    assertThatThrownBy(
            () -> next.start(Samples.CONNECTION, Samples.session("x".repeat(10_000), "web"), now))
        .hasMessageContaining("have reached 1.0 MiB");
    recordings.close();
  }
}
