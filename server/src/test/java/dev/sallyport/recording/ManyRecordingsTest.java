package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.SessionFacts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recordings cost. */
class ManyRecordingsTest {
  private static final int COUNT = 200;

  @TempDir Path state;

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static Terminal begin(Recordings recordings) throws Exception {
    SessionFacts session = Samples.session();
    Terminal terminal =
        recordings
            .start(Samples.CONNECTION, session, Instant.now())
            .terminal(Asked.of(""), "xterm-256color", 200, 50);
    byte[] screen = new byte[50_000];
    new Random(1).nextBytes(screen);
    terminal.output(screen, 0, screen.length);
    return terminal;
  }

  @Test
  void aLiveTerminalTakesLittleMoreHeapThanItsBuffer() throws Exception {
    try (AuditLog audit = AuditLog.open(state.resolve("audit"), "1.0");
        Recordings recordings =
            Recordings.open(state.resolve("recordings"), Samples.STRICT, audit, "1.0")) {
      List<Terminal> terminals = new ArrayList<>();
      terminals.add(begin(recordings));
      long before = used();
      for (int i = 0; i < COUNT; i++) {
        terminals.add(begin(recordings));
      }
      long each = (used() - before) / COUNT;
      assertThat(terminals).hasSize(COUNT + 1);
      assertThat(each).isLessThan(2 * RecordedFile.BUFFER_BYTES);
    }
  }
}
