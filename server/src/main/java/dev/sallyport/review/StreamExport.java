package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gives what was kept of a command without a terminal to people. For one thread. */
public final class StreamExport {
  private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr");
  private static final int ENOUGH = 64 * 1024;

  private StreamExport() {}

  /** Whether there is anything to write: of sftp and scp, no contents are kept. */
  public static boolean hasStreams(Path folder) {
    return STREAMS.stream().anyMatch(stream -> Files.exists(folder.resolve(stream)));
  }

  /**
   * Writes what was kept of each stream as lines of text (UTF-8), under its name in brackets.
   * Nothing in it controls a terminal or hides.
   */
  public static void text(Path folder, OutputStream out) throws IOException {
    for (String stream : STREAMS) {
      Path file = folder.resolve(stream);
      if (Files.exists(file)) {
        out.write(("[" + stream + "]\n").getBytes(StandardCharsets.US_ASCII));
        stream(file, out);
      }
    }
    out.flush();
  }

  private static void stream(Path file, OutputStream out) throws IOException {
    CastText decoder = new CastText();
    StringBuilder text = new StringBuilder();
    StringBuilder lines = new StringBuilder();
    PrintedText printed = new PrintedText(lines);
    ControlFilter filter = new ControlFilter(printed);
    byte[] some = new byte[ENOUGH];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        decoder.decode(some, 0, count, text::appendCodePoint);
        filter.accept(text.toString());
        text.setLength(0);
        write(lines, out);
      }
    }
    decoder.end(text::appendCodePoint);
    filter.accept(text.toString());
    printed.end();
    write(lines, out);
  }

  private static void write(StringBuilder lines, OutputStream out) throws IOException {
    out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    lines.setLength(0);
  }
}
