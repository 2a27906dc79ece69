package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.recording.Asked;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code recording play} in a process of its own, in a real pseudo-terminal. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingPlayTerminalTest {
  private static final String LAST = "the end of it";
  private static final String RESTORED = "\u001b[?1049l\u001b[?7h\u001b[?25h\u001b[0 q";

  @TempDir Path folder;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private String id = "";
  private Optional<Process> started = Optional.empty();
  private Thread reader = Thread.currentThread();

  /** A session of 40 s: a full screen, a question to the terminal, and a long pause. */
  @BeforeEach
  void record() throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%s"
          private-networks = ["10.0.0.0/16"]
          auth { plugins = [{ type = authorized-keys, files = ["/keys/%%u"] }] }
        }
        """
            .formatted(folder));
    try (AuditLog audit = AuditLog.open(folder.resolve("audit"), "1.0");
        Recordings recordings =
            Recordings.open(folder.resolve("recordings"), Samples.STRICT, audit, "1.0")) {
      var recording =
          recordings.start(Samples.CONNECTION, Samples.session("alice", "web"), Instant.now());
      recording.terminal(Asked.of(""), "xterm", 80, 24).output(new byte[] {'.'}, 0, 1);
      recording.end(Optional.of(0), Optional.empty(), "ended");
      id = recording.id();
      Files.writeString(
          cast(),
          """
          {"version": 2, "width": 80, "height": 24}
          [0.0, "o", "\\u001b[?1049h\\u001b[?25l\\u001b[?1000h\\u001b[41mbegun\\u001b[6n\\u001b]52;c;cm0K\\u0007"]
          [40.0, "o", "%s"]
          """
              .formatted(LAST));
    }
  }

  private Path cast() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("recordings"))) {
      return all.filter(path -> path.endsWith(Path.of(id, "session.cast")))
          .findFirst()
          .orElseThrow();
    }
  }

  /** The terminal's settings before and after are printed, and between them the command runs. */
  private Process play(String... options) throws IOException {
    String java =
        "'%s/bin/java' -XX:TieredStopAtLevel=1 -cp '%s' dev.sallyport.Main recording play %s --config '%s' %s"
            .formatted(
                System.getProperty("java.home"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                id,
                folder.resolve("sallyport.conf"),
                String.join(" ", options));
    Process script =
        new ProcessBuilder(
                List.of(
                    // Whoever runs the tests in the background would pass it on ignored; and the
                    // shell is the same one wherever they run.
                    "env",
                    "--default-signal=INT",
                    "SHELL=/bin/sh",
                    "script",
                    "-qfec",
                    // Ctrl-C is for the command: without the trap dash would end with it.
                    "trap : INT; echo before=$(stty -g); "
                        + java
                        + "; echo exit=$? after=$(stty -g)",
                    "/dev/null"))
            .redirectErrorStream(true)
            .start();
    started = Optional.of(script);
    reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                script.getInputStream().transferTo(new Kept());
              } catch (IOException ended) {
                // With the terminal.
              }
            });
    return script;
  }

  private final class Kept extends java.io.OutputStream {
    @Override
    public void write(int b) {
      synchronized (shown) {
        shown.write(b);
      }
    }
  }

  private String shown() {
    synchronized (shown) {
      return shown.toString(StandardCharsets.UTF_8);
    }
  }

  private void awaitShown(String text) {
    Condition.await(text, () -> shown().contains(text));
  }

  private void awaitEnd(Process script) throws InterruptedException {
    assertThat(script.waitFor(30, TimeUnit.SECONDS)).as(shown()).isTrue();
    assertThat(reader.join(Duration.ofSeconds(10))).as("all of it was read").isTrue();
  }

  @AfterEach
  void end() {
    started.ifPresent(script -> {
      script.descendants().forEach(ProcessHandle::destroyForcibly);
      script.destroyForcibly();
    });
  }

  private String setting(String name) {
    String text = shown();
    int from = text.lastIndexOf(name + "=");
    assertThat(from).as(text).isNotNegative();
    return text.substring(from + name.length() + 1).split("[ \r\n]", 2)[0];
  }

  @Test
  void ctrlCEndsItAtOnceAndTheTerminalIsAsItWas() throws Exception {
    Process script = play();
    awaitShown("begun");
    script.getOutputStream().write(3);
    script.getOutputStream().flush();
    awaitEnd(script);
    assertThat(shown()).contains(RESTORED).doesNotContain(LAST);
    assertThat(setting("after")).isEqualTo(setting("before"));
    assertThat(setting("exit")).isEqualTo("130");
  }

  @Test
  void pausesAreAsShortAsTheIdleLimit() throws Exception {
    Instant begin = Instant.now();
    Process script = play("--idle-limit", "500ms");
    awaitEnd(script);
    assertThat(shown()).contains(LAST).contains(RESTORED);
    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(30));
    assertThat(setting("exit")).isEqualTo("0");
  }

  @Test
  void fasterIsFaster() throws Exception {
    Instant begin = Instant.now();
    Process script = play("--speed", "40");
    awaitEnd(script);
    assertThat(shown()).contains(LAST);
    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
  }

  @Test
  void theTerminalIsAskedNothingAndLosesNoClipboard() throws Exception {
    Process script = play("--idle-limit", "100ms");
    awaitEnd(script);
    assertThat(shown())
        .contains("\u001b[?1049h\u001b[?25l\u001b[41mbegun")
        .contains("the recorded window had 80x24")
        .contains("not played: 1 clipboard write (6 characters), 2 control functions")
        .doesNotContain("\u001b[6n")
        .doesNotContain("\u001b]")
        .doesNotContain("1000");
    assertThat(setting("after")).isEqualTo(setting("before"));
  }
}
