package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client cannot do, whatever it sends. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTerminalTest {
  private static final List<String> TYPES =
      List.of(
          "xterm-256color",
          "",
          "-A/etc",
          "--help",
          "../../../../etc/passwd",
          "../".repeat(21_846),
          "x".repeat(65_536),
          "vt220",
          "linux",
          "alacritty",
          "windows-vtp",
          "\u0000\u001b[2J",
          "ansi",
          "screen.../",
          "rxvt-unicode-256color");

  private static final List<String> KEYS =
      List.of(
          "ssh web uptime\r",
          "\u001b[A",
          "\u001b[B\r",
          "\u001b[",
          "\u001b[200~",
          "\u001b99999999999x",
          "\u0016\u0018\u0005\u0018\u0015",
          "ssh \t\t",
          "h\t",
          "\u0003",
          "\f",
          "a".repeat(300),
          "\u0001\u000b\u0019\u0019\u0019",
          "\u4f60\u0301\ud83d\ude00",
          "!!\r",
          "hosts\r",
          "\u0012abc",
          "\u001bx");

  /** Runs a prompt over all of this, and gives what it said. */
  private static String run(String type, TerminalSize size, byte[] keys) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new GatewayPrompt(
            new PromptTerminal(new ByteArrayInputStream(keys), out, type, size),
            () -> Typist.ALICE,
            command -> OptionalInt.of(0))
        .run();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void noBytesMakeItFail() {
    Fuzz.run(
        1_000,
        (fuzz, round) -> {
          ByteArrayOutputStream keys = new ByteArrayOutputStream();
          for (int i = fuzz.below(12); i >= 0; i--) {
            byte[] some =
                fuzz.pick(KEYS)
                    .getBytes(
                        fuzz.below(4) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
            for (int flips = fuzz.below(3); flips > 0; flips--) {
              some[fuzz.below(some.length)] = (byte) fuzz.below(256);
            }
            keys.writeBytes(some);
          }
          TerminalSize size =
              TerminalSize.of(
                  fuzz.pick(List.of(0L, 1L, 20L, 33L, 80L, 100_000L, 0xffffffffL)),
                  fuzz.pick(List.of(0L, 1L, 4L, 24L, 100_000L, 0xffffffffL)));
          run(fuzz.pick(TYPES), size, keys.toByteArray());
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 80, 24",
    "0, 50, 80, 50",
    "1, 1, 20, 4",
    "132, 43, 132, 43",
    "100000, 100000, 1000, 1000",
    "4294967295, 4294967295, 1000, 1000",
  })
  void sizesAreWhatAnEditorCanDrawOn(long columns, long rows, int gotColumns, int gotRows) {
    assertThat(TerminalSize.of(columns, rows)).isEqualTo(new TerminalSize(gotColumns, gotRows));
  }

  @Test
  void aLineWithoutEndStopsAtTheLimit() throws Exception {
    byte[] keys = new byte[LineEditor.MAX_LINE + 5_000];
    Arrays.fill(keys, (byte) 'a');
    keys[keys.length - 1] = '\r';
    System.arraycopy("ssh web ".getBytes(StandardCharsets.US_ASCII), 0, keys, 0, 8);
    List<GatewayCommand> launched = new ArrayList<>();
    new GatewayPrompt(
            new PromptTerminal(
                new ByteArrayInputStream(keys),
                OutputStream.nullOutputStream(),
                "xterm",
                TerminalSize.USUAL),
            () -> Typist.ALICE,
            command -> {
              launched.add(command);
              return OptionalInt.of(0);
            })
        .run();
    assertThat(launched.getFirst().command().orElseThrow())
        .hasSize(LineEditor.MAX_LINE - "ssh web ".length());
  }

  @Test
  void aFloodStaysWithTheClientWhileNobodyReads() throws Exception {
    AtomicLong read = new AtomicLong();
    InputStream flood =
        new InputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            Arrays.fill(bytes, offset, offset + length, (byte) '\n');
            System.arraycopy("ssh w\n".getBytes(StandardCharsets.US_ASCII), 0, bytes, offset, 6);
            read.addAndGet(length);
            return length;
          }
        };
    long[] atLaunch = new long[1];
    PromptTerminal terminal =
        new PromptTerminal(flood, OutputStream.nullOutputStream(), "xterm", TerminalSize.USUAL);
    GatewayPrompt prompt =
        new GatewayPrompt(
            terminal,
            () -> Typist.ALICE,
            command -> {
              atLaunch[0] = read.get();
              throw new InterruptedException();
            });
    assertThatThrownBy(prompt::run).isInstanceOf(InterruptedException.class);
    assertThat(atLaunch[0]).isLessThanOrEqualTo(1024);
    assertThat(terminal.input().available()).isLessThanOrEqualTo(1024);
  }

  @Test
  void thousandsOfLinesAndEditsTakeNoMoreMemoryThanAFew() throws Exception {
    String round = "x".repeat(500) + "\u0015" + "y".repeat(100) + "\u001b[A\u001b[B\u0003ls zzzz\r";
    long few = heapAfter(round, 100);
    long many = heapAfter(round, 3_000);
    // What a history or an undo without bound would hold is some 30 MiB.
    assertThat(many - few).isLessThan(4L << 20);
  }

  private static long heapAfter(String keys, int times) throws InterruptedException {
    long[] heap = new long[1];
    byte[] once = keys.getBytes(StandardCharsets.US_ASCII);
    InputStream in =
        new InputStream() {
          private int left = times;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (left-- == 0) {
              System.gc();
              heap[0] = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
              return -1;
            }
            System.arraycopy(once, 0, bytes, offset, once.length);
            return once.length;
          }
        };
    new GatewayPrompt(
            new PromptTerminal(in, OutputStream.nullOutputStream(), "xterm", TerminalSize.USUAL),
            () -> Typist.ALICE,
            command -> OptionalInt.of(0))
        .run();
    return heap[0];
  }

  @Test
  void nothingThatTheClientIsSentIsTheClientsOwn() throws Exception {
    PromptUser user =
        new PromptUser(
            "al\u001b[2Jice",
            Set.of("\u202eops"),
            List.of(
                new Reachable(
                    "r\u0007",
                    List.of("10.0.0.1/32:22\r\nforged"),
                    new Reachable.Way.Session(Set.of("l\u009b")))),
            List.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new GatewayPrompt(
            new PromptTerminal(
                new ByteArrayInputStream(
                    "hosts\rwhoami\rscp\rssh \t\t\r".getBytes(StandardCharsets.US_ASCII)),
                out,
                "xterm",
                TerminalSize.USUAL),
            () -> user,
            command -> OptionalInt.of(0))
        .run();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .doesNotContain("\u202e", "\u009b", "\nforged", "al\u001b", "r\u0007")
        .contains("al\\u001b[2Jice", "\\u202eops", "r\\u0007", "\\u000d\\u000aforged");
  }

  @Test
  void startsNoProgramAndTouchesNoFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("prompt.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.enable("jdk.FileRead").withoutThreshold();
      recording.enable("jdk.FileWrite").withoutThreshold();
      recording.start();
      for (String type : TYPES) {
        run(
            type,
            TerminalSize.USUAL,
            "hosts\rssh \t\tw\t\r\u001b[A\u0018\u0005\r".getBytes(StandardCharsets.US_ASCII));
      }
      // Both would be seen.
      new ProcessBuilder("true").start().waitFor();
      Files.readString(Files.writeString(directory.resolve("seen"), "x"));
      recording.stop();
      recording.dump(file);
    }
    List<String> programs = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      switch (event.getEventType().getName()) {
        case "jdk.ProcessStart" -> programs.add(event.getString("command"));
        default -> {
          String path = event.getString("path");
          // Classes that nobody needed before are read from wherever they are.
          if (path != null && !path.matches(".*(\\.jar|\\.class|/modules)")) {
            files.add(new File(path).getName());
          }
        }
      }
    }
    assertThat(programs).containsExactly("true");
    assertThat(files).isNotEmpty().containsOnly("seen");
  }

  @Test
  void aClientThatIsGoneEndsThePrompt() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("reset");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("reset");
          }
        };
    assertThat(
            new GatewayPrompt(
                    new PromptTerminal(
                        broken, OutputStream.nullOutputStream(), "xterm", TerminalSize.USUAL),
                    () -> Typist.ALICE,
                    command -> OptionalInt.of(0))
                .run())
        .isEqualTo(255);
  }
}
