package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.review.CastEvent;
import dev.sallyport.review.CastExport;
import dev.sallyport.review.CastReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings are compressed once they are final, and nobody notices. */
class CompressorTest {
  private static final byte[] LINE =
      Samples.bytes("-rw-r--r-- 1 root root 131 Nov 22 21:46 application.conf\r\n");

  @TempDir Path state;
  private AuditLog audit;
  private Recordings recordings;
  private final AtomicLong free = new AtomicLong(1L << 50);

  @BeforeEach
  void open() throws IOException {
    audit = AuditLog.open(state.resolve("audit"), "1.0");
    recordings = recordings();
  }

  private Recordings recordings() throws IOException {
    return Recordings.open(
        root(), Samples.STRICT, audit, "1.0", Instant::now, System::nanoTime, free::get);
  }

  @AfterEach
  void close() {
    recordings.close();
    audit.close();
  }

  private Path root() {
    return state.resolve("recordings");
  }

  private Recording start() throws RecordingException {
    return recordings.start(Samples.CONNECTION, Samples.session(), Instant.now());
  }

  private static void end(Recording recording) {
    recording.end(Optional.of(0), Optional.empty(), "the command ended");
  }

  private Recording terminal() throws RecordingException {
    Recording recording = start();
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    for (int i = 0; i < 1000; i++) {
      terminal.output(LINE, 0, LINE.length);
    }
    end(recording);
    return recording;
  }

  private Recording command(byte[] output) throws RecordingException {
    Recording recording = start();
    recording.exec(Asked.of("ls")).output(output, 0, output.length);
    end(recording);
    return recording;
  }

  private static String decompressed(Path file) throws IOException {
    try (InputStream in = KeptFile.decompressed(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String marked() throws IOException {
    return Folders.files(root().resolve("plain")).toString();
  }

  @Test
  void aCastIsCompressedAndReadAsBefore() throws Exception {
    Recording recording = terminal();
    Path cast = recording.folder().resolve("session.cast");
    String before = Files.readString(cast);
    byte[] manifest = Files.readAllBytes(recording.folder().resolve("manifest.json"));

    recordings.compress();

    Path compressed = recording.folder().resolve("session.cast.gz");
    assertThat(cast).doesNotExist();
    assertThat(Files.size(compressed)).isLessThan(before.length() / 5);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(compressed)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllBytes(recording.folder().resolve("manifest.json")))
        .as("its hash is in the audit log")
        .isEqualTo(manifest);
    assertThat(KeptFile.exists(cast)).isTrue();
    int events = 0;
    try (CastReader reader = CastReader.open(cast)) {
      for (Optional<CastEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
        events++;
      }
    }
    assertThat(events).isGreaterThanOrEqualTo(1000);
    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    CastExport.asciicast(cast, exported);
    assertThat(exported.toString(StandardCharsets.UTF_8)).isEqualTo(before);
    assertThat(marked()).isEqualTo("[]");
  }

  /** As the manual tells auditors to: {@code gzip -dc session.cast.gz | sha256sum}. */
  @Test
  void theHashInTheAuditLogIsThatOfTheDecompressedBytes() throws Exception {
    Recording recording = terminal();
    recordings.compress();

    Process check =
        new ProcessBuilder("sh", "-c", "gzip -dc session.cast.gz | sha256sum")
            .directory(recording.folder().toFile())
            .start();

    String hash = new String(check.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(AuditLines.last(state.resolve("audit"), "recording-finalised").toString())
        .contains("\"sha256\":\"" + hash.substring(0, 64) + "\"");
  }

  @Test
  void streamsAreCompressedWhereThatSavesABlock() throws Exception {
    byte[] much = new byte[100_000];
    byte[] random = new byte[100_000];
    new Random(3).nextBytes(random);
    Recording dense = command(much);
    Recording incompressible = command(random);
    Recording small = command(new byte[(int) Blocks.BYTES]);

    recordings.compress();

    assertThat(dense.folder().resolve("stdout")).doesNotExist();
    assertThat(KeptFile.open(dense.folder().resolve("stdout"))).hasBinaryContent(much);
    assertThat(incompressible.folder().resolve("stdout")).hasBinaryContent(random);
    assertThat(Folders.files(incompressible.folder())).hasSize(2);
    assertThat(small.folder().resolve("stdout")).exists();
    assertThat(marked()).isEqualTo("[]");
  }

  @Test
  void whatIsLiveIsNotCompressed() throws Exception {
    Recording recording = start();
    Terminal terminal = recording.terminal(Asked.of(""), "xterm", 80, 24);
    terminal.output(new byte[50_000], 0, 50_000);
    recordings.tick();

    recordings.compress();

    assertThat(recording.folder().resolve("session.cast")).exists();
    end(recording);
  }

  @Test
  void aFileThatSomebodyChangedIsLeftAsItIs() throws Exception {
    Recording recording = terminal();
    Path cast = recording.folder().resolve("session.cast");
    String changed = Files.readString(cast).replace("root", "bob!");
    Files.writeString(cast, changed);

    recordings.compress();

    assertThat(cast).hasContent(changed);
    assertThat(Folders.files(recording.folder())).hasSize(2);
  }

  /** A crash in the middle, just before the compressed file has its name, and just after. */
  @Test
  void aCrashWhileCompressingLosesNothing() throws Exception {
    Recording torn = terminal();
    Recording both = terminal();
    Path tornCast = torn.folder().resolve("session.cast");
    Path bothCast = both.folder().resolve("session.cast");
    String tornBefore = Files.readString(tornCast);
    String bothBefore = Files.readString(bothCast);
    Files.write(torn.folder().resolve("session.cast.gz.new"), new byte[] {0x1f, (byte) 0x8b, 8});
    Files.write(both.folder().resolve("session.cast.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    recordings.close();
    recordings = recordings();
    assertThat(KeptFile.open(bothCast)).hasBinaryContent(Samples.bytes(bothBefore));

    recordings.compress();

    assertThat(decompressed(torn.folder().resolve("session.cast.gz"))).isEqualTo(tornBefore);
    assertThat(decompressed(both.folder().resolve("session.cast.gz"))).isEqualTo(bothBefore);
    assertThat(Folders.files(torn.folder())).hasSize(2);
    assertThat(Folders.files(both.folder())).hasSize(2);
  }

  @Test
  void aFullDiskLosesNothing() throws Exception {
    Recording recording = terminal();
    free.set(0);

    recordings.compress();

    assertThat(recording.folder().resolve("session.cast")).exists();
    assertThat(Folders.files(recording.folder())).hasSize(2);
    assertThat(marked()).contains(recording.id());
  }

  @Test
  void aRecordingThatWasRemovedMeanwhileIsForgotten() throws Exception {
    Recording recording = terminal();
    Folders.remove(recording.folder());

    recordings.compress();

    assertThat(recording.folder()).doesNotExist();
    assertThat(marked()).isEqualTo("[]");
  }

  @Test
  void theServerCompressesByItselfOnAThreadThatGivesWayToOthers() throws Exception {
    Set<String> givenWay = ConcurrentHashMap.newKeySet();
    recordings.begin(() -> givenWay.add(Thread.currentThread().getName()));
    Recording recording = terminal();

    Condition.await(
        "compressed",
        () ->
            Files.exists(recording.folder().resolve("session.cast.gz"))
                && !Files.exists(recording.folder().resolve("session.cast")));
    assertThat(givenWay).contains("recordings-compressing");
  }
}
