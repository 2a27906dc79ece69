package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Sha256;
import dev.sallyport.recording.files.FileEvent.Direction;
import dev.sallyport.recording.files.FileEvent.Transferred;
import dev.sallyport.review.CastEvent;
import dev.sallyport.review.CastReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a killed run leaves behind, and what becomes of it. */
class CrashTest {
  @TempDir Path state;

  private Path root() {
    return state.resolve("recordings");
  }

  private Path log() {
    return state.resolve("audit");
  }

  private void nextStart() throws IOException {
    try (AuditLog audit = AuditLog.open(log(), "1.0");
        Recordings recordings = Recordings.open(root(), Samples.STRICT, audit, "1.0")) {
      recordings.begin();
      Condition.await("what was left is final", () -> recordings.left() == 0);
    }
  }

  private static Manifest manifest(Path folder) throws IOException {
    return switch (Manifest.read(folder)) {
      case Parsed.Valid<Manifest>(Manifest manifest) -> manifest;
      case Parsed.Malformed<Manifest>(String reason) -> throw new AssertionError(reason);
    };
  }

  /** As a killed run would: without closing anything. */
  private Path leaveOneBehind() throws Exception {
    try (AuditLog audit = AuditLog.open(log(), "1.0")) {
      Recordings recordings =
          Recordings.open(
              root(),
              Samples.STRICT,
              audit,
              "1.0",
              Instant::now,
              System::nanoTime,
              () -> Long.MAX_VALUE);
      Recording recording = recordings.start(Samples.CONNECTION, Samples.session(), Instant.now());
      recording.terminal(Asked.of("vim"), "xterm", 80, 24).output(Samples.bytes("typed"), 0, 5);
      recordings.tick();
      return recording.folder();
    }
  }

  /** Files whose end a killed run did not see. */
  private final List<Transferred> onTheirWay = new ArrayList<>();

  private Recording startWithFiles(Recordings recordings) throws Exception {
    Recording recording = recordings.start(Samples.CONNECTION, Samples.session(), Instant.now());
    recording.subsystem(Asked.of("sftp")).carries("sftp", () -> List.copyOf(onTheirWay));
    return recording;
  }

  private static Transferred put(String path, long bytes) {
    return new Transferred(Direction.PUT, path, bytes, 7, Optional.empty(), "unfinished");
  }

  private List<JsonNode> files() {
    return AuditLines.of(log()).stream()
        .filter(event -> AuditLines.code(event).equals("file-transferred"))
        .toList();
  }

  @Test
  void theNextStartTellsTheFilesThatWereOnTheirWay() throws Exception {
    Path folder;
    try (AuditLog audit = AuditLog.open(log(), "1.0")) {
      Recordings recordings =
          Recordings.open(
              root(),
              Samples.STRICT,
              audit,
              "1.0",
              Instant::now,
              System::nanoTime,
              () -> Long.MAX_VALUE);
      folder = startWithFiles(recordings).folder();
      onTheirWay.addAll(List.of(put("/etc/passwd", 5), put("/tmp/gr\u00fcn\n\"", 0)));
      recordings.tick();
      onTheirWay.set(0, put("/etc/passwd", 4_000_000_000L));
      onTheirWay.add(new Transferred(Direction.GET, "/c", 1, 0, Optional.empty(), "unfinished"));
      recordings.tick();
      Files.writeString(folder.resolve("unfinished.json.new"), "{\"torn");
    }

    nextStart();

    assertThat(files())
        .extracting(event -> event.at("/file/path").asString(""))
        .containsExactly("/etc/passwd", "/tmp/gr\u00fcn\n\"", "/c");
    JsonNode first = files().getFirst();
    assertThat(first.at("/traffic/bytes_out").asLong()).isEqualTo(4_000_000_000L);
    assertThat(first.at("/unmapped/offset").asLong()).isEqualTo(7);
    assertThat(first.path("app_protocol_name").asString("")).isEqualTo("sftp");
    assertThat(first.path("status_detail").asString(""))
        .isEqualTo("unfinished: the bastion was killed");
    assertThat(first.at("/connection_info/uid").asString("")).isEqualTo(Folders.nameOf(folder));
    assertThat(files().getLast().at("/traffic/bytes_in").asLong()).isEqualTo(1);
    assertThat(AuditLines.codes(log())).endsWith("recording-finalised");
    assertThat(manifest(folder).ending().orElseThrow().files()).containsOnlyKeys("unfinished.json");

    nextStart();
    assertThat(files()).hasSize(3);
  }

  @Test
  void nothingIsToldOfFilesWhoseEndWasSeen() throws Exception {
    try (AuditLog audit = AuditLog.open(log(), "1.0")) {
      Recordings recordings =
          Recordings.open(
              root(),
              Samples.STRICT,
              audit,
              "1.0",
              Instant::now,
              System::nanoTime,
              () -> Long.MAX_VALUE);
      Recording ended = startWithFiles(recordings);
      startWithFiles(recordings);
      onTheirWay.add(put("/etc/passwd", 5));
      recordings.tick();
      assertThat(ended.folder().resolve("unfinished.json")).exists();
      onTheirWay.clear();
      ended.end(Optional.of(0), Optional.empty(), "the command ended");
      assertThat(manifest(ended.folder()).ending().orElseThrow().files()).isEmpty();
      assertThat(Folders.files(ended.folder())).hasSize(1);
      recordings.tick();
    }

    nextStart();

    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "null",
        "{\"protocol\": \"sftp\", \"files\": [{}]}",
        "{\"protocol\": \"sftp\", \"files\": [null]}",
        "{\"protocol\": null, \"files\": [{\"direction\": \"PUT\", \"path\": \"/a\", \"bytes\": 1,"
            + " \"offset\": 0}]}",
        "{\"protocol\": \"sftp\", \"files\": [{\"direction\": null, \"path\": \"/a\", \"bytes\": 1,"
            + " \"offset\": 0}]}",
        "{\"protocol\": \"sftp\", \"files\": [{\"direction\": \"PUT\", \"path\": null, \"bytes\":"
            + " 1, \"offset\": 0}]}",
        "{\"protocol\": \"sftp\", \"files\": [{\"direction\": \"PUT\", \"path\": \"/a\", \"bytes\":"
            + " null, \"offset\": 0}]}",
        "\0\0",
        "\u00ff"
      })
  void whatIsLeftOfFilesThatCannotBeReadDoesNotKeepTheServerFromStarting(String torn)
      throws Exception {
    Path folder = leaveOneBehind();
    Files.writeString(folder.resolve("unfinished.json"), torn, StandardCharsets.ISO_8859_1);

    nextStart();

    assertThat(files()).isEmpty();
    assertThat(manifest(folder).ending().orElseThrow().truncated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[12.5, \"o\", \"cut i",
        "[12.5, \"o\", \"x\"]",
        "\0\0\0\n\0\0",
        "[1,\n",
        "\n",
        "\0\0\0\n"
      })
  void dropsATornLastLine(String torn) throws Exception {
    Path folder = leaveOneBehind();
    Path cast = folder.resolve("session.cast");
    String whole = Files.readString(cast);
    Files.writeString(cast, torn, StandardOpenOption.APPEND);

    nextStart();

    assertThat(cast).hasContent(whole);
    Manifest.Ending ending = manifest(folder).ending().orElseThrow();
    assertThat(ending.truncated()).isTrue();
    assertThat(ending.sha256().get("session.cast")).isEqualTo(Sha256.of(cast));
    JsonNode finalised = AuditLines.last(log(), "recording-finalised");
    assertThat(finalised.toString()).contains(Sha256.of(cast), "\"truncated\":true", "killed");
  }

  /** A bastion that a crash left much to read must not keep its users waiting. */
  @Test
  void aStartDoesNotWaitForWhatIsLeftAndSaysMeanwhileThatItIsNotLive() throws Exception {
    Path folder = leaveOneBehind();
    Path manifest = folder.resolve("manifest.json");
    byte[] bytes = Files.readAllBytes(manifest);
    Manifest left = manifest(folder);
    assertThat(Markers.isLive(root(), left)).isTrue();
    Files.delete(manifest);
    assertThat(new ProcessBuilder("mkfifo", manifest.toString()).start().waitFor()).isZero();
    try (AuditLog audit = AuditLog.open(log(), "1.0");
        Recordings recordings =
            Recordings.open(
                root(),
                Samples.STRICT,
                audit,
                "1.0",
                Instant::now,
                System::nanoTime,
                () -> Long.MAX_VALUE)) {
      recordings.begin();

      assertThat(recordings.left()).isEqualTo(1);
      assertThat(Markers.isLive(root(), left)).isFalse();
      Instant later = Instant.now().plus(Duration.ofDays(2));
      Recording live = recordings.start(Samples.CONNECTION, Samples.session(), later);
      assertThat(Markers.isLive(root(), manifest(live.folder()))).isTrue();
      try (FileOutputStream reader = new FileOutputStream(manifest.toFile())) {
        reader.write(bytes);
      }
      Condition.await("it is final", () -> recordings.left() == 0);
      live.end(Optional.of(0), Optional.empty(), "the command ended");
    }
    assertThat(AuditLines.codes(log())).containsSubsequence("recording-finalised");
    assertThat(Folders.files(root().resolve("left"))).isEmpty();
  }

  /** Hashing what a crash left may take hours; old recordings are removed meanwhile as always. */
  @Test
  void theTimeThatHashingTakesDoesNotDelayTheNextSweep() throws Exception {
    Path folder = leaveOneBehind();
    AtomicLong nanos = new AtomicLong();
    Instant[] now = {Instant.now()};
    IntSupplier[] left = {() -> 0};
    InstantSource clock =
        () -> {
          if (left[0].getAsInt() > 0) {
            nanos.addAndGet(Duration.ofHours(1).toNanos());
          }
          return now[0];
        };
    RecordingSettings aDay = Samples.kept(Duration.ofHours(1), Duration.ofDays(1), 0);
    try (AuditLog audit = AuditLog.open(log(), "1.0");
        Recordings recordings =
            Recordings.open(root(), aDay, audit, "1.0", clock, nanos::get, () -> Long.MAX_VALUE)) {
      left[0] = recordings::left;
      recordings.takeOver();
      recordings.keep();
      assertThat(recordings.left()).isZero();
      assertThat(folder).exists();

      nanos.addAndGet(Duration.ofSeconds(61).toNanos());
      now[0] = Instant.now().plus(Duration.ofDays(3));
      recordings.keep();

      assertThat(folder).doesNotExist();
    }
  }

  @Test
  void finalisesOnce() throws Exception {
    leaveOneBehind();
    nextStart();
    nextStart();
    assertThat(AuditLines.codes(log())).containsOnlyOnce("recording-finalised");
  }

  @Test
  void aRecordingThatHadNotBegunLeavesNothing() throws Exception {
    Path folder = leaveOneBehind();
    Folders.remove(folder);
    Files.createDirectory(folder);
    nextStart();
    assertThat(folder).doesNotExist();
    assertThat(Folders.files(root().resolve("live"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\": 1}",
        "{\"format\": 1, \"id\": null}",
        "{\"format\": null}",
        "null",
        ""
      })
  void aBrokenManifestIsLeftAsItIsAndDoesNotKeepTheServerFromStarting(String broken)
      throws Exception {
    Path folder = leaveOneBehind();
    Files.writeString(folder.resolve("manifest.json"), broken);
    nextStart();
    assertThat(Files.readString(folder.resolve("manifest.json"))).isEqualTo(broken);
    assertThat(folder.resolve("session.cast")).exists();
  }

  @Test
  void aKilledProcessLosesAtMostTheLastSecond() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Recorder.class.getName(),
                state.toString())
            .redirectOutput(state.resolve("acknowledgements").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Condition.await(
        "it records",
        () -> !process.isAlive() || state.resolve("acknowledgements").toFile().length() > 9 * 300);
    assertThat(process.isAlive()).isTrue();
    process.destroyForcibly();
    process.onExit().join();
    String text = Files.readString(state.resolve("acknowledgements"));
    long acknowledged =
        Long.parseLong(text.substring(0, text.lastIndexOf('\n')).lines().toList().getLast());

    nextStart();

    Path folder = new Folders(root()).recordings(new Folders(root()).days().getFirst()).getFirst();
    Manifest.Ending ending = manifest(folder).ending().orElseThrow();
    assertThat(ending.truncated()).isTrue();
    long last = 0;
    try (CastReader reader = CastReader.open(folder.resolve("session.cast"))) {
      Optional<CastEvent> next = reader.next();
      while (next.isPresent()) {
        if (next.get() instanceof CastEvent.Output(Duration at, String number)) {
          last = Long.parseLong(number);
        }
        next = reader.next();
      }
    }
    // Each number is the millisecond in which it was recorded.
    assertThat(acknowledged - last).isLessThan(1000);
    assertThat(last).isPositive();
    JsonNode finalised = AuditLines.last(log(), "recording-finalised");
    assertThat(finalised.toString())
        .contains(
            Sha256.of(folder.resolve("session.cast")), Sha256.of(folder.resolve("manifest.json")));
  }

  /** Records the time without end, and says each once it is recorded. */
  static final class Recorder {
    private Recorder() {}

    public static void main(String[] arguments) throws Exception {
      Path state = Path.of(arguments[0]);
      AuditLog audit = AuditLog.open(state.resolve("audit"), "1.0");
      Recordings recordings =
          Recordings.open(state.resolve("recordings"), Samples.STRICT, audit, "1.0");
      recordings.begin();
      Terminal terminal =
          recordings
              .start(Samples.CONNECTION, Samples.session(), Instant.now())
              .terminal(Asked.of(""), "xterm", 80, 24);
      long begin = System.nanoTime();
      while (true) {
        String number = String.format("%08d", 1 + (System.nanoTime() - begin) / 1_000_000);
        terminal.output(Samples.bytes(number), 0, 8);
        System.out.println(number);
        LockSupport.parkNanos(5_000_000); // a user who types, not a flood that fills the buffer
      }
    }
  }
}
