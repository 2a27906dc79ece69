package dev.sallyport.review;

import dev.sallyport.recording.CastText;
import dev.sallyport.recording.KeptFile;
import dev.sallyport.recording.Manifest;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Exports the recorded streams of a command without a terminal. For one thread. */
public final class StreamExport {
  private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr");
  private static final int ENOUGH = 64 * 1024;

  private StreamExport() {}

  /** Whether there are recorded streams; sftp and scp have none. */
  public static boolean hasStreams(Path folder) {
    return STREAMS.stream().anyMatch(stream -> KeptFile.exists(folder.resolve(stream)));
  }

  /**
   * Writes each stream as lines of text (UTF-8), under its name in brackets, with a last line that
   * says what is missing. The text contains nothing that controls a terminal, and nothing is left
   * out: the data is often a file, and the auditor may look for an escape sequence in it, or for
   * the line before a carriage return.
   *
   * @throws IOException when a stream cannot be read; the part before was written
   */
  public static void text(Path folder, Manifest manifest, OutputStream out) throws IOException {
    write(folder, manifest, out, false);
  }

  /**
   * The same with tabs and backslashes escaped, so that the text is unambiguous.
   *
   * @throws IOException as {@link #text}
   */
  public static void rawText(Path folder, Manifest manifest, OutputStream out) throws IOException {
    write(folder, manifest, out, true);
  }

  private static void write(Path folder, Manifest manifest, OutputStream out, boolean isRaw)
      throws IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    try {
      for (String stream : STREAMS) {
        Path file = folder.resolve(stream);
        if (KeptFile.exists(file)) {
          text.append('[').append(stream).append("]\n");
          stream(file, new Visible(text, isRaw));
        }
        for (String end : StreamEnd.of(stream, manifest).stream().toList()) {
          text.append(end).append('\n');
        }
      }
    } finally {
      text.flush();
    }
  }

  private static void stream(Path file, Visible text) throws IOException {
    CastText decoder = new CastText();
    byte[] some = new byte[ENOUGH];
    try (InputStream in = KeptFile.open(file)) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        decoder.decode(some, 0, count, text);
      }
    }
    decoder.end(text);
    text.end();
  }

  /** Ends a line where the stream does, and escapes all other invisible characters. */
  private static final class Visible implements CastText.Sink {
    private final Writer out;
    private final boolean isRaw;
    private boolean isInLine;

    Visible(Writer out, boolean isRaw) {
      this.out = out;
      this.isRaw = isRaw;
    }

    @Override
    public void accept(int codePoint) throws IOException {
      isInLine = codePoint != '\n';
      if (codePoint == '\n' || (codePoint == '\t' && !isRaw)) {
        out.append((char) codePoint);
      } else if (codePoint == '\\' && isRaw) {
        out.append("\\\\");
      } else {
        VisibleText.append(out, codePoint);
      }
    }

    /** Ends the line, so that the next stream begins a new one. */
    void end() throws IOException {
      if (isInLine) {
        out.append('\n');
      }
    }
  }
}
