package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.audit.SafeJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditFollowTest {
  @TempDir Path state;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger looks = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Future<?> run = CompletableFuture.completedFuture("not begun");

  private Path directory() {
    return state.resolve("audit");
  }

  private void follow(AuditFollow.Start start) {
    AuditFollow follow =
        new AuditFollow(
            directory(),
            sentences(new PrintStream(printed, false, StandardCharsets.UTF_8)),
            AuditQuery.ALL);
    run =
        threads.submit(() -> {
          follow.run(
              start,
              () -> {
                looks.incrementAndGet();
                return stop.get();
              });
          return null;
        });
    Condition.await("it has looked", () -> looks.get() > 1);
  }

  @AfterEach
  void stop() throws Exception {
    stop.set(true);
    threads.close();
    run.get();
  }

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static AuditEvent stopped(String reason) {
    return new AuditEvent.ServerStopped(Instant.parse("2026-11-22T17:03:21Z"), reason);
  }

  private void write(String reason) throws Exception {
    try (AuditLog log = AuditLog.open(directory(), "1.0")) {
      log.commit(stopped(reason));
    }
  }

  private void append(String file, String text) throws IOException {
    Files.createDirectories(directory());
    Files.writeString(
        directory().resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void printsWhatIsWrittenFromNowOn() throws Exception {
    write("before");
    follow(AuditFollow.Start.NOW);

    write("after");

    Condition.await("printed", () -> !lines().isEmpty());
    assertThat(lines()).containsExactly("2026-11-22T17:03:21+00:00 Sallyport stopped: after");
  }

  /** The first question whether anybody reads comes once the end of the log is known. */
  @Test
  void printsWhatIsWrittenFromTheMomentAtWhichTheEndIsKnown() throws Exception {
    append("audit-2026-11-21.jsonl", event("A"));
    AtomicBoolean asked = new AtomicBoolean();
    PrintStream out =
        new PrintStream(printed, false, StandardCharsets.UTF_8) {
          @Override
          public boolean checkError() {
            if (!asked.getAndSet(true)) {
              try {
                AuditFollowTest.this.append("audit-2026-11-21.jsonl", event("B"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return super.checkError();
          }
        };

    new AuditFollow(directory(), sentences(out), AuditQuery.ALL)
        .run(AuditFollow.Start.NOW, () -> true);

    assertThat(names()).containsExactly("B");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3 << 20})
  void printsOnlyWhatIsWrittenFromNowOnHoweverLargeTheFileIs(int size) throws Exception {
    String before = event("before") + event("x".repeat(1000)).repeat(size / 1000);
    append("audit-2026-11-21.jsonl", before + "{\"time\":1,");
    follow(AuditFollow.Start.NOW);

    append("audit-2026-11-21.jsonl", "\"message\":\"A\"}\n");

    Condition.await("printed", () -> !lines().isEmpty());
    assertThat(names()).containsExactly("A");
  }

  @Test
  void printsEverythingWhenToldToBeginAtTheBeginning() throws Exception {
    write("before");
    follow(AuditFollow.Start.BEGINNING);
    write("after");

    Condition.await("printed", () -> lines().size() == 2);
    assertThat(lines().getFirst()).endsWith("before");
  }

  @Test
  void waitsForAFolderThatIsNotThereYet() throws Exception {
    follow(AuditFollow.Start.NOW);

    write("first");

    Condition.await("printed", () -> lines().size() == 1);
  }

  @Test
  void goesOnFromFileToFileAndLeavesOutWhatIsNotTheLog() throws Exception {
    append("audit-2026-11-21.jsonl", "{\"time\":1,\"message\":\"A\"}\n");
    append("audit-2026-11-21.jsonl.torn-1", "torn\n");
    follow(AuditFollow.Start.BEGINNING);
    append("audit-2026-11-21.jsonl", "{\"time\":1,\"message\":\"B\"}\n");
    append("audit-2026-11-22.jsonl", "{\"time\":1,\"message\":\"C\"}\n");
    append("audit-2026-11-23.jsonl", "{\"time\":1,\"message\":\"D\"}\n");

    Condition.await("printed", () -> lines().size() == 4);
    assertThat(lines())
        .containsExactly(
            "1970-01-01T00:00:00+00:00 A",
            "1970-01-01T00:00:00+00:00 B",
            "1970-01-01T00:00:00+00:00 C",
            "1970-01-01T00:00:00+00:00 D");
  }

  @Test
  void waitsUntilALineIsWhole() throws Exception {
    append("audit-2026-11-21.jsonl", "{\"time\":1,");
    follow(AuditFollow.Start.NOW);
    int before = looks.get();
    Condition.await("it looked again", () -> looks.get() > before + 1);
    assertThat(lines()).isEmpty();

    append("audit-2026-11-21.jsonl", "\"message\":\"A\"}\n");

    Condition.await("printed", () -> !lines().isEmpty());
    assertThat(lines()).containsExactly("1970-01-01T00:00:00+00:00 A");
  }

  private void list(OutputStream to) throws IOException {
    PrintStream out = new PrintStream(to, false, StandardCharsets.UTF_8);
    new AuditFollow(directory(), sentences(out), AuditQuery.ALL)
        .run(AuditFollow.Start.BEGINNING, () -> true);
  }

  /** As with {@code audit list | head}, of a log of many gigabytes. */
  @Test
  void readsNoFurtherWhenNobodyReadsWhatItPrints() throws Exception {
    append("audit-2026-11-21.jsonl", "{\"time\":1,\"message\":\"A\"}\n");
    Files.createDirectory(directory().resolve("audit-2026-11-22.jsonl"));
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    list(gone);

    assertThatThrownBy(() -> list(OutputStream.nullOutputStream())).isInstanceOf(IOException.class);
  }

  @Test
  void printsWhatIsThereBeforeItStops() throws Exception {
    follow(AuditFollow.Start.BEGINNING);
    write("last");
    stop.set(true);

    run.get();
    assertThat(lines()).hasSize(1);
  }

  private void compress(String file) throws IOException {
    try (var gzip =
        new GZIPOutputStream(Files.newOutputStream(directory().resolve(file + ".gz")))) {
      Files.copy(directory().resolve(file), gzip);
    }
  }

  private static String event(String name) {
    return "{\"time\":1,\"message\":\"" + name + "\"}\n";
  }

  private List<String> names() {
    return lines().stream().map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList();
  }

  @Test
  void readsCompressedFilesAndThoseThatAreTwiceThereOnce() throws Exception {
    append("audit-2026-11-21.jsonl", event("A") + event("B"));
    compress("audit-2026-11-21.jsonl");
    Files.delete(directory().resolve("audit-2026-11-21.jsonl"));
    append("audit-2026-11-22.jsonl", event("C"));
    compress("audit-2026-11-22.jsonl");
    append("audit-2026-11-23.jsonl", event("D"));

    follow(AuditFollow.Start.BEGINNING);
    append("audit-2026-11-23.jsonl", event("E"));

    Condition.await("printed", () -> lines().size() == 5);
    assertThat(names()).containsExactly("A", "B", "C", "D", "E");
  }

  @Test
  void goesOnWhereItWasWhenAFileIsCompressedMeanwhile() throws Exception {
    append("audit-2026-11-21.jsonl", event("A") + event("B"));
    follow(AuditFollow.Start.BEGINNING);
    Condition.await("printed", () -> lines().size() == 2);

    // What was added since the last look is in the compressed file alone.
    append("audit-2026-11-21.jsonl", event("C"));
    compress("audit-2026-11-21.jsonl");
    Files.delete(directory().resolve("audit-2026-11-21.jsonl"));
    append("audit-2026-11-22.jsonl", event("D"));

    Condition.await("printed", () -> lines().size() == 4);
    assertThat(names()).containsExactly("A", "B", "C", "D");
  }

  @Test
  void beginsBehindACompressedFileThatIsTheNewest() throws Exception {
    append("audit-2026-11-21.jsonl", event("A"));
    compress("audit-2026-11-21.jsonl");
    Files.delete(directory().resolve("audit-2026-11-21.jsonl"));
    follow(AuditFollow.Start.NOW);

    append("audit-2026-11-22.jsonl", event("B"));

    Condition.await("printed", () -> !lines().isEmpty());
    assertThat(names()).containsExactly("B");
  }

  private static AuditPrinter sentences(PrintStream out) {
    return new AuditPrinter(out, ZoneOffset.UTC, AuditPrinter.Form.SENTENCE, OptionalInt.empty());
  }

  private String list(AuditPrinter.Form form, OptionalInt limit) throws Exception {
    ByteArrayOutputStream listed = new ByteArrayOutputStream();
    new AuditFollow(
            directory(),
            new AuditPrinter(
                new PrintStream(listed, false, StandardCharsets.UTF_8),
                ZoneOffset.UTC,
                form,
                limit),
            AuditQuery.ALL)
        .run(AuditFollow.Start.BEGINNING, () -> true);
    return listed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLimitKeepsTheNewestInTheirOrder() throws Exception {
    append("audit-2026-11-21.jsonl", event("A") + event("B"));
    append("audit-2026-11-22.jsonl", event("C"));
    assertThat(list(AuditPrinter.Form.TABLE, OptionalInt.of(2)).lines())
        .hasSize(3)
        .satisfiesExactly(
            header -> assertThat(header).matches("TIME {22}EVENT"),
            line -> assertThat(line).endsWith(" B"),
            line -> assertThat(line).endsWith(" C"));
    assertThat(list(AuditPrinter.Form.SENTENCE, OptionalInt.of(9)).lines()).hasSize(3);
  }

  @Test
  void anEventIsPrintedAsItsJsonAndWhatIsNoneIsMarked() throws Exception {
    append("audit-2026-11-21.jsonl", event("A") + "no \u001b[2J event\n" + event("\u202eB"));
    List<String> lines = list(AuditPrinter.Form.JSON, OptionalInt.empty()).lines().toList();
    assertThat(lines).hasSize(3).allMatch(line -> line.matches("[ -~]+"));
    assertThat(SafeJson.MAPPER.readTree(lines.getFirst()))
        .isEqualTo(SafeJson.MAPPER.readTree(event("A")));
    assertThat(SafeJson.MAPPER.readTree(lines.get(1)).path("not_an_event").asString())
        .isEqualTo("no \u001b[2J event");
    assertThat(SafeJson.MAPPER.readTree(lines.get(2)))
        .isEqualTo(SafeJson.MAPPER.readTree(event("\u202eB")));
  }

  @Test
  void nothingHasNoHeader() throws Exception {
    assertThat(list(AuditPrinter.Form.TABLE, OptionalInt.empty())).isEmpty();
  }
}
