package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the text export makes of the streams of a command without a terminal. */
class StreamExportTest {
  @TempDir Path folder;

  private String export() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StreamExport.text(folder, out);
    return out.toString(StandardCharsets.UTF_8);
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
