package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.EventLimit;
import dev.sallyport.audit.ReadableLine;
import dev.sallyport.recording.Samples;
import dev.sallyport.recording.files.FileEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path directory;

  @Test
  void saysOfAnExtensionWhatItIs() throws IOException {
    try (AuditLog audit = AuditLog.open(directory, "test")) {
      new FileEvents(audit, Samples.CONNECTION, Samples.session())
          .tell(
              "sftp",
              new FileEvent.Changed(
                  FileEvent.Change.EXTENSION, "", Optional.empty(), "wipe@example.com", "ok"));
    }

    try (Stream<Path> files = Files.list(directory)) {
      Path log = files.filter(file -> file.toString().endsWith(".jsonl")).findFirst().orElseThrow();
      assertThat(new ReadableLine(ZoneOffset.UTC).of(Files.readString(log).strip()))
          .contains(
              " alice as ec2-user on web.internal:22 (10.0.2.15):"
                  + " sftp extension wipe@example.com is not understood [");
    }
  }

  private static FileEvent.Changed removed(String path) {
    return new FileEvent.Changed(FileEvent.Change.REMOVE, path, Optional.empty(), "", "ok");
  }

  @Test
  void aSessionWaitsUntilItsFilesArePaidAndNotForOthersOfItsUser() throws IOException {
    try (AuditLog audit = AuditLog.open(directory, "test")) {
      audit.apply(new EventLimit(1, 100));
      var one = new FileEvents(audit, Samples.CONNECTION, Samples.session());
      for (int i = 0; i < 100; i++) {
        one.tell("sftp", removed("/f"));
      }
      assertThat(one.tooFast()).isZero();

      for (int i = 0; i < 60; i++) {
        one.tell("sftp", removed("/f"));
      }
      long due = one.tooFast();
      assertThat(due).isBetween(1L, 60 * SECOND);

      var other = new FileEvents(audit, Samples.CONNECTION, Samples.session());
      for (int i = 0; i < 100; i++) {
        other.tell("sftp", removed("/f"));
      }
      assertThat(other.tooFast()).isGreaterThan(50 * SECOND);
      assertThat(one.tooFast()).isLessThanOrEqualTo(due);
    }
  }

  @Test
  void aLongPathCostsAsMuchAsTheLineThatItMakes() throws IOException {
    try (AuditLog audit = AuditLog.open(directory, "test")) {
      audit.apply(new EventLimit(1, 16));
      var events = new FileEvents(audit, Samples.CONNECTION, Samples.session());

      events.tell("sftp", removed("\u0001".repeat(16 * 1024)));

      // Each character is six in the log: 96 KiB, of which an event has 2.
      assertThat(events.tooFast()).isBetween(25 * SECOND, 40 * SECOND);
    }
  }
}
