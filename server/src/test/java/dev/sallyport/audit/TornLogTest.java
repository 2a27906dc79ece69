package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a crash leaves behind, and what becomes of it. */
class TornLogTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock("2026-11-22T12:00:00Z");
  private static final String FILE = "audit-2026-11-22.jsonl";

  private AuditLog open() throws IOException {
    return AuditLog.open(directory, "1.0", clock);
  }

  private void writeTwoEvents() throws Exception {
    try (AuditLog log = open()) {
      log.commit(Samples.stopped("1"));
      log.commit(Samples.stopped("2"));
    }
  }

  @Test
  void tellsWhetherTheRunBeforeWroteAStop() throws Exception {
    try (AuditLog first = open()) {
      assertThat(first.lacksStop()).isFalse();
      first.commit(new AuditEvent.ConnectionOpened(Samples.AT, Samples.CONNECTION));
    }
    try (AuditLog afterKill = open()) {
      assertThat(afterKill.lacksStop()).isTrue();
      afterKill.commit(Samples.stopped("in peace"));
    }
    try (AuditLog afterStop = open()) {
      assertThat(afterStop.lacksStop()).isFalse();
    }
  }

  private void append(byte[] bytes) throws IOException {
    Files.write(directory.resolve(FILE), bytes, StandardOpenOption.APPEND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"time\":17953", // cut in the middle
        "{\"metadata\":{\"sequence\":3}}", // whole but for its end of line
        "\0\0\0\0\0\0", // a page that was never written
        "\0\0\0\n{\"metadata\":{\"sequence\":4}}\n", // later pages were, an earlier one was not
        "garbage\n",
        "\n",
        "{\"metadata\":{\"sequence\":\"3\"}}\n",
        "{}\n"
      })
  void setsATornTailAsideTellsItAndGoesOnCounting(String tail) throws Exception {
    writeTwoEvents();
    byte[] before = Files.readAllBytes(directory.resolve(FILE));
    append(tail.getBytes(StandardCharsets.UTF_8));

    try (AuditLog log = open()) {
      log.commit(Samples.stopped("after"));
    }

    assertThat(LogReader.sequences(directory)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(LogReader.codes(directory))
        .containsExactly("server-stopped", "server-stopped", "log-repaired", "server-stopped");
    byte[] after = Files.readAllBytes(directory.resolve(FILE));
    assertThat(Arrays.copyOf(after, before.length)).isEqualTo(before);
    Path aside = directory.resolve(FILE + ".torn-1");
    assertThat(Files.readString(aside)).isEqualTo(tail);
    JsonNode told = LogReader.events(directory).get(2).path("unmapped");
    assertThat(told.path("aside").stringValue()).isEqualTo(aside.toString());
    assertThat(told.path("bytes").longValue()).isEqualTo(tail.length());
    assertThat(told.path("sha256").stringValue())
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256")
                        .digest(tail.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void keepsTheTornTailsOfEveryCrash() throws Exception {
    writeTwoEvents();
    for (int crash = 1; crash <= 3; crash++) {
      append("torn".getBytes(StandardCharsets.UTF_8));
      open().close();
      assertThat(directory.resolve(FILE + ".torn-" + crash)).exists();
    }
    assertThat(LogReader.sequences(directory)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void goesOnFromTheFileBeforeWhenTheNewestHeldNothingButATornLine() throws Exception {
    writeTwoEvents();
    Files.writeString(directory.resolve("audit-2026-11-23.jsonl"), "{\"time\":");

    try (AuditLog log = open()) {
      log.commit(Samples.stopped("after"));
    }

    assertThat(LogReader.sequences(directory)).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void findsTheEndOfAFileThatIsLargerThanWhatACrashCanTear() throws Exception {
    int events = 6000;
    try (AuditLog log = open()) {
      for (int i = 0; i < events; i++) {
        log.append(Samples.STOPPED);
      }
    }
    assertThat(Files.size(directory.resolve(FILE))).isGreaterThan(LogTail.WINDOW);
    append("torn".getBytes(StandardCharsets.UTF_8));

    try (AuditLog log = open()) {
      log.commit(Samples.STOPPED);
    }

    assertThat(LogReader.sequences(directory)).hasSize(events + 2).last().isEqualTo(events + 2L);
  }

  @Test
  void refusesToOpenAFileThatNoCrashExplains() throws Exception {
    Files.write(directory.resolve(FILE), new byte[LogTail.WINDOW + 1]);

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FILE)
        .hasMessageContaining("move the file");
    Files.delete(directory.resolve(FILE));
    open().close(); // the failure gave up the lock
  }

  @Test
  void refusesToCountOnFromAnEarlierFileThatIsDamaged() throws Exception {
    Files.writeString(directory.resolve("audit-2026-11-21.jsonl"), "garbage\n");
    Files.createFile(directory.resolve(FILE));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("audit-2026-11-21.jsonl");
  }

  private void compress(String file, byte[] bytes) throws IOException {
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(Files.newOutputStream(directory.resolve(file + ".gz")))) {
      gzip.write(bytes);
    }
  }

  @Test
  void saysOfACompressedFileWithoutEventsWhatItSaysOfAPlainOne() throws Exception {
    compress("audit-2026-11-21.jsonl", new byte[LogTail.WINDOW + 1]);
    Files.createFile(directory.resolve(FILE));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(directory.resolve("audit-2026-11-21.jsonl.gz").toString())
        .hasMessageContaining("hold no audit event")
        .hasMessageNotContaining("gzip (");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100})
  void saysOfACompressedFileThatIsNotWholeThatItCannotBeDecompressed(int bytes) throws Exception {
    String name = "audit-2026-11-21.jsonl";
    compress(name, new byte[100_000]);
    Path compressed = directory.resolve(name + ".gz");
    Files.write(compressed, Arrays.copyOf(Files.readAllBytes(compressed), bytes));
    Files.createFile(directory.resolve(FILE));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(compressed + ": cannot be read as gzip (");
  }

  @Test
  void saysOfACompressedFileThatIsNoneThatItCannotBeDecompressed() throws Exception {
    Path compressed = directory.resolve("audit-2026-11-21.jsonl.gz");
    Files.writeString(compressed, "not compressed\n");
    Files.createFile(directory.resolve(FILE));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(compressed + ": cannot be read as gzip (");
  }

  @Test
  void whatWasCommittedOutlivesAKilledProcess(@TempDir Path elsewhere) throws Exception {
    Path acknowledgements = elsewhere.resolve("acknowledgements");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Committer.class.getName(),
                directory.toString())
            .redirectOutput(acknowledgements.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Condition.await(
        "commits", () -> !process.isAlive() || acknowledgements.toFile().length() > 2000);
    assertThat(process.isAlive()).isTrue();
    process.destroyForcibly();
    process.onExit().join();
    String text = Files.readString(acknowledgements);
    String acknowledged = text.substring(0, text.lastIndexOf('\n')).lines().toList().getLast();

    try (AuditLog log = AuditLog.open(directory, "1.0")) {
      log.commit(Samples.stopped("after"));
    }

    List<Long> sequences = LogReader.sequences(directory);
    assertThat(sequences).first().isEqualTo(1L);
    for (int i = 1; i < sequences.size(); i++) {
      assertThat(sequences.get(i)).isEqualTo(sequences.get(i - 1) + 1);
    }
    assertThat(LogReader.details(directory)).contains(acknowledged);
    assertThat(LogReader.details(directory)).last().isEqualTo("after");
  }

  /** Commits without end, and says each number once it is committed. */
  static final class Committer {
    private Committer() {}

    public static void main(String[] arguments) throws Exception {
      AuditLog log = AuditLog.open(Path.of(arguments[0]), "1.0");
      for (long i = 1; ; i++) {
        log.commit(Samples.stopped(Long.toString(i)));
        System.out.println(i);
      }
    }
  }
}
