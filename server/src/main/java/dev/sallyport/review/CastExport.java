package dev.sallyport.review;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Gives a cast to other programs. For one thread. */
public final class CastExport {
  private static final int ENOUGH = 64 * 1024;

  private CastExport() {}

  /** The file as it is, which every asciinema plays; of one that is live, up to now. */
  public static void asciicast(Path cast, OutputStream out) throws IOException {
    Files.copy(cast, out);
    out.flush();
  }

  /**
   * What was printed, as lines of text (UTF-8) without control sequences. Nothing in it controls a
   * terminal or hides.
   *
   * @throws IOException when the cast cannot be read, or is damaged; what came before was written
   */
  public static void text(Path cast, OutputStream out) throws IOException {
    StringBuilder lines = new StringBuilder();
    PrintedText printed = new PrintedText(lines);
    ControlFilter filter = new ControlFilter(printed);
    try (CastReader reader = CastReader.open(cast)) {
      Optional<CastEvent> next = reader.next();
      while (next.isPresent()) {
        switch (next.get()) {
          case CastEvent.Output(_, String text) -> filter.accept(text);
          case CastEvent.Input _, CastEvent.Resize _, CastEvent.Other _ -> {}
        }
        if (lines.length() > ENOUGH) {
          write(lines, out);
        }
        next = reader.next();
      }
    } finally {
      printed.end();
      write(lines, out);
      out.flush();
    }
  }

  private static void write(StringBuilder lines, OutputStream out) throws IOException {
    out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    lines.setLength(0);
  }
}
