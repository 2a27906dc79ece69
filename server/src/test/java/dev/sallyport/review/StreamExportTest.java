package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.recording.Manifest;
import dev.sallyport.recording.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the text export makes of the streams of a command without a terminal. */
class StreamExportTest {
  @TempDir Path folder;

  private static final Map<String, Long> NOTHING = Map.of();

  private final SortedMap<String, Manifest.FileFacts> files = new TreeMap<>();

  private static Manifest manifest(Optional<Manifest.Ending> ending) {
    return new Manifest(
        "sallyport 1.0",
        Samples.CONNECTION,
        Samples.session(),
        Instant.EPOCH,
        Optional.empty(),
        ending);
  }

  /**
   * @param unkept bytes of a stream that are in no file
   */
  private Manifest ended(Map<String, Long> unkept, Optional<String> stopped, boolean truncated) {
    return manifest(
        Optional.of(
            new Manifest.Ending(
                Instant.EPOCH,
                Optional.of(0),
                Optional.empty(),
                "the target ended it",
                stopped,
                truncated,
                new TreeMap<>(unkept),
                files)));
  }

  private String export(Manifest manifest) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StreamExport.text(folder, manifest, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Of a recording of which nothing is missing, without the lines that say so. */
  private String export() throws IOException {
    return export(ended(NOTHING, Optional.empty(), false))
        .replaceAll("(?m)^\\[end of std(in|out|err): [0-9,]+ bytes, complete]\n", "");
  }

  private void kept(String stream, int bytes, long total) throws IOException {
    Files.writeString(folder.resolve(stream), "x".repeat(bytes));
    files.put(stream, new Manifest.FileFacts(bytes, "", total, ""));
  }

  @Test
  void eachStreamEndsWithWhatIsMissing() throws IOException {
    kept("stdin", 0, 12);
    kept("stdout", 5, 1_000_005);
    kept("stderr", 3, 3);

    assertThat(export(ended(Map.of("stdin", 12L, "stdout", 1_000_000L), Optional.empty(), false)))
        .isEqualTo(
            """
            [stdin]
            [end of stdin: 0 of 12 bytes; the other 12 are not in the recording: the rule does not \
            keep input without echo]
            [stdout]
            xxxxx
            [end of stdout: 5 of 1,000,005 bytes; the other 1,000,000 are not in the recording: \
            recording.exec-output keeps no more]
            [stderr]
            xxx
            [end of stderr: 3 bytes, complete]
            """);
  }

  @Test
  void aStreamOfWhichNothingIsKeptEndsToo() throws IOException {
    assertThat(export(ended(Map.of("stdout", 7L), Optional.of("it has reached a limit"), false)))
        .isEqualTo(
            "[end of stdout: 0 of 7 bytes; the other 7 are not in the recording: it has reached a"
                + " limit]\n");
  }

  @Test
  void aStreamThatWasCutShortIsNotCalledComplete() throws IOException {
    kept("stdout", 5, 5);

    assertThat(export(ended(NOTHING, Optional.empty(), true)))
        .isEqualTo(
            """
            [stdout]
            xxxxx
            [end of stdout: 5 bytes; what followed is not known: the target ended it]
            """);
    assertThat(export(manifest(Optional.empty())))
        .contains("xxxxx\n[stdout so far; the recording has no end yet]\n");
  }

  private String export(byte[] printed) throws IOException {
    Files.write(folder.resolve("stdout"), printed);
    return export();
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        arguments("plain\n", "plain\n"),
        arguments("a\tb\n\n  c  \n", "a\tb\n\n  c  \n"),
        arguments("no end", "no end\n"),
        arguments("\n", "\n"),
        arguments("\u001b]root:x:0:0\n/etc/shadow\n", "\\u001b]root:x:0:0\n/etc/shadow\n"),
        arguments("\u001bPsecret\n\u0090secret\n", "\\u001bPsecret\n\\u0090secret\n"),
        arguments("secret one\rdone      \n", "secret one\\u000ddone      \n"),
        arguments("of DOS\r\n", "of DOS\\u000d\n"),
        arguments("secret\u001b[2K\n", "secret\\u001b[2K\n"),
        arguments("secret\b\b\b\b\b\bnothin\n", "secret" + "\\u0008".repeat(6) + "nothin\n"),
        arguments(
            "a\u0000\u0007\u000b\f\u007f\u0085b", "a\\u0000\\u0007\\u000b\\u000c\\u007f\\u0085b\n"),
        arguments("\u202eabc\u2028", "\\u202eabc\\u2028\n"),
        arguments("caf\u00e9 \u4f60\ud83d\ude00", "caf\u00e9 \u4f60\ud83d\ude00\n"));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void writesOutWhatATerminalWouldObey(String printed, String expected) throws IOException {
    assertThat(export(printed.getBytes(StandardCharsets.UTF_8))).isEqualTo("[stdout]\n" + expected);
  }

  @Test
  void writesOutBytesThatAreNoUtf8AlsoAtTheEnd() throws IOException {
    assertThat(export(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3}))
        .isEqualTo("[stdout]\na\\xffb\\xc3\n");
  }

  @Test
  void eachStreamHasItsNameAndBeginsALine() throws IOException {
    Files.writeString(folder.resolve("stderr"), "wrong\n");
    Files.writeString(folder.resolve("stdin"), "asked");

    assertThat(export("answered".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo("[stdin]\nasked\n[stdout]\nanswered\n[stderr]\nwrong\n");
  }

  @Test
  void isWholeHoweverLongAStreamIs() throws IOException {
    String longest = "x".repeat(64 * 1024 - 1) + "\u00e9" + "y".repeat(64 * 1024);

    assertThat(export(longest.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("[stdout]\n" + longest + "\n");
  }

  @Test
  void nothingHidesBehindAnEscapeWhateverFollows() throws IOException {
    for (int b = 0; b < 256; b++) {
      String text = export(new byte[] {0x1b, (byte) b, 's', 'e', 'c', 'r', 'e', 't'});
      assertThat(text).as("ESC %02x", b).matches("(?s)\\[stdout]\n\\\\u001b.{1,6}secret\n");
      assertThat(text).matches("[ -~\n\t]+");
    }
  }
}
