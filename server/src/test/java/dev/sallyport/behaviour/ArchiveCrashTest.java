package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.audit.LogFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A server that is killed while it compresses and removes files of its log. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveCrashTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String OLD = "audit-2026-01-01.jsonl";

  /** So many that compressing takes a moment. */
  private static final int LINES = 60_000;

  @TempDir Path directory;

  private Path audit() {
    return TestBastion.auditDirectory(directory);
  }

  private void writeOldDay() throws IOException {
    Files.createDirectories(
        audit(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Random random = new Random(1);
    byte[] noise = new byte[100];
    try (BufferedWriter out = Files.newBufferedWriter(audit().resolve(OLD))) {
      for (int i = 1; i <= LINES; i++) {
        random.nextBytes(noise);
        out.write(
            "{\"time\":1,\"noise\":\"%s\",\"metadata\":{\"sequence\":%d}}\n"
                .formatted(HexFormat.of().formatHex(noise), i));
      }
    }
  }

  private Command server(String... settings) throws IOException {
    Command server = TestBastion.serve(TestBastion.prepare(directory, settings));
    server.awaitErrors("listening on");
    return server;
  }

  /** Every line of the log, of both kinds of files; the number of the last. */
  private long assertEveryLineIsThereOnce(long first) throws IOException {
    long expected = first;
    for (LogFiles.Day day : LogFiles.of(audit())) {
      try (LogFiles.Lines lines = day.open(0);
          BufferedReader reader =
              new BufferedReader(new InputStreamReader(lines.in(), StandardCharsets.UTF_8))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          assertThat(JSON.readTree(line).at("/metadata/sequence").asLong(-1)).isEqualTo(expected);
          expected++;
        }
      }
    }
    return expected - 1;
  }

  @Test
  void noLineIsLostOrTwiceThereWhateverTheMomentOfAKill() throws Exception {
    writeOldDay();
    Path plain = audit().resolve(OLD);
    Path compressed = audit().resolve(OLD + ".gz");
    Path unfinished = audit().resolve(OLD + ".gz.new");
    for (int round = 0; round < 2; round++) {
      // Of the round before.
      Files.deleteIfExists(unfinished);
      try (Command server = server("audit.compress-after = \"1 d\"")) {
        // On a slow machine this sees only that it is done.
        Condition.await(
            "it compresses", () -> Files.exists(unfinished) || Files.exists(compressed));
        server.kill();
      }
      assertEveryLineIsThereOnce(1);
    }

    try (Command server = server("audit.compress-after = \"1 d\"")) {
      // Just when the new file has its name, and mostly before the old one is gone.
      Condition.await("it is compressed", () -> Files.exists(compressed));
      server.kill();
    }
    assertThat(assertEveryLineIsThereOnce(1)).isGreaterThan(LINES);

    try (Command server = server("audit.compress-after = \"1 d\"")) {
      Condition.await("it is replaced", () -> !Files.exists(plain));
      server.signal("TERM");
      assertThat(server.await().exit()).isZero();
    }
    assertThat(compressed).exists();
    assertThat(unfinished).doesNotExist();
    long last = assertEveryLineIsThereOnce(1);

    try (Command server = server("audit.max-age = \"10 d\"", "recording.max-age = \"7 d\"")) {
      Condition.await("it is removed", () -> !Files.exists(compressed));
      server.kill();
    }
    assertThat(assertEveryLineIsThereOnce(LINES + 1L)).isGreaterThan(last);
    assertThat(new AuditReader(audit()).events("log-file-removed"))
        .singleElement()
        .satisfies(event ->
            assertThat(event.json().at("/unmapped/last_sequence").asLong(0)).isEqualTo(LINES));
  }
}
