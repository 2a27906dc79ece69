package dev.sallyport.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
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
  @TempDir Path directory;

  @Test
  void saysOfAnExtensionWhatItIs() throws IOException {
    try (AuditLog audit = AuditLog.open(directory, "test")) {
      new FileEvents(audit, Samples.CONNECTION, Samples.session(), new EventPace(1))
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
}
