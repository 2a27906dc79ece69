package dev.sallyport.review;

import dev.sallyport.recording.KeptFile;
import dev.sallyport.terminal.Screen;
import dev.sallyport.terminal.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Exports casts. For one thread. */
public final class CastExport {
  private static final int ENOUGH = 64 * 1024;

  private CastExport() {}

  /** Writes the file as recorded, which any asciinema can play; a live one up to now. */
  public static void asciicast(Path cast, OutputStream out) throws IOException {
    try (InputStream in = KeptFile.open(cast)) {
      in.transferTo(out);
    }
    out.flush();
  }

  /**
   * Writes the output as lines of text (UTF-8) without control functions: the lines of the recorded
   * screen, each before it is lost. Every printed character is in a line or in a mark, and
   * characters that a mark does not show are counted at the end. The text contains nothing that
   * controls a terminal or hides.
   *
   * @throws IOException when the cast cannot be read, or is damaged; what came before was written
   */
  public static void text(Path cast, OutputStream out) throws IOException {
    try (CastReader reader = CastReader.open(cast)) {
      StringBuilder text = new StringBuilder();
      TextLines lines = new TextLines(text);
      Screen screen = new Screen(reader.columns(), reader.rows(), lines);
      Tokenizer tokenizer = Tokenizer.ofText(screen);
      try {
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
          switch (next.get()) {
            case CastEvent.Output(_, String output) -> {
              for (int c : output.codePoints().toArray()) {
                tokenizer.accept(c);
                writeIfEnough(text, out);
              }
            }
            case CastEvent.Resize(_, int columns, int rows) -> screen.resize(columns, rows);
            case CastEvent.Input _, CastEvent.Other _ -> {}
          }
        }
      } finally {
        tokenizer.end();
        screen.end();
        lines.end(screen.ledger());
        write(text, out);
        out.flush();
      }
    }
  }

  /**
   * Writes every byte of the output: all but visible characters is escaped, and a line feed ends a
   * line. The text contains nothing that controls a terminal or hides.
   *
   * @throws IOException as {@link #text}
   */
  public static void rawText(Path cast, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    RawText raw = new RawText(text);
    try (CastReader reader = CastReader.open(cast)) {
      Optional<CastEvent> next = reader.next();
      while (next.isPresent()) {
        if (next.get() instanceof CastEvent.Output(_, String output)) {
          output.codePoints().forEach(raw::accept);
        }
        writeIfEnough(text, out);
        next = reader.next();
      }
    } finally {
      raw.end();
      write(text, out);
      out.flush();
    }
  }

  private static void writeIfEnough(StringBuilder text, OutputStream out) throws IOException {
    if (text.length() > ENOUGH) {
      write(text, out);
    }
  }

  private static void write(StringBuilder text, OutputStream out) throws IOException {
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    text.setLength(0);
  }
}
