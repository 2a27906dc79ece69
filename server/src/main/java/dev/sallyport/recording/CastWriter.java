package dev.sallyport.recording;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * Writes <a href="https://docs.asciinema.org/manual/asciicast/v2/">asciicast v2</a>: a header, then
 * an event a line. The file is printable ASCII, so it is safe to view with {@code less}, whatever
 * was sent to the terminal. Bytes that are not UTF-8 are converted by {@link CastText}. Guarded by
 * its recording's lock.
 *
 * <p>A long write becomes several events with the same time, each of which is within one flush. So
 * a file that is cut short by a full disk or a killed process loses only whole events.
 */
final class CastWriter {
  /** Bytes for the beginning of an event, the longest code point (two escapes) and the end. */
  private static final int ROOM_FOR_ONE = 64;

  private static final HexFormat HEX = HexFormat.of();
  private static final long MICROS = 1_000_000;

  private final RecordedFile file;
  private final LongSupplier nanoTime;
  private final long begin;
  private final CastText output = new CastText();
  private final CastText input = new CastText();
  private final byte[] digits = new byte[20];

  // The time of the current write.
  private long micros;
  private char code;
  private boolean isOpen;

  private CastWriter(RecordedFile file, LongSupplier nanoTime) {
    this.file = file;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /**
   * Begins the recording, whose times count from now.
   *
   * @param header a JSON object
   * @param nanoTime as {@link System#nanoTime}
   */
  static CastWriter begin(RecordedFile file, byte[] header, LongSupplier nanoTime)
      throws IOException {
    file.write(header, 0, header.length);
    file.write(new byte[] {'\n'}, 0, 1);
    file.flush();
    return new CastWriter(file, nanoTime);
  }

  void output(byte[] bytes, int offset, int length) throws IOException {
    start('o');
    text(output, bytes, offset, length);
    close();
  }

  void input(byte[] bytes, int offset, int length) throws IOException {
    start('i');
    text(input, bytes, offset, length);
    close();
  }

  /** Most terminal output needs no escape, and is copied run by run. */
  private void text(CastText decoder, byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int from = at;
      if (decoder.isWaiting() || !isPlain(bytes[at])) {
        do {
          at++;
        } while (at < end && !isPlain(bytes[at]));
        decoder.decode(bytes, from, at - from, this::codePoint);
      } else {
        do {
          at++;
        } while (at < end && isPlain(bytes[at]));
        plain(bytes, from, at);
      }
    }
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b <= '~' && b != '"' && b != '\\';
  }

  private void plain(byte[] bytes, int from, int to) throws IOException {
    int at = from;
    while (at < to) {
      codePoint(bytes[at++]); // which makes room, and begins an event if necessary
      int run = Math.min(to - at, Math.max(0, file.room() - ROOM_FOR_ONE));
      file.put(bytes, at, run);
      at += run;
    }
  }

  void resize(int columns, int rows) throws IOException {
    if (file.room() < 2 * ROOM_FOR_ONE) {
      file.flush(); // a size must not be split
    }
    start('r');
    for (byte b : (columns + "x" + rows).getBytes(StandardCharsets.US_ASCII)) {
      codePoint(b);
    }
    close();
  }

  /**
   * Writes a marker, which players do not print.
   *
   * @param text printable ASCII, shorter than a buffer
   */
  void mark(String text) throws IOException {
    file.flush(); // a sentence must not be split
    start('m');
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      codePoint(b);
    }
    close();
    file.flush();
  }

  void flush() throws IOException {
    file.flush();
  }

  /** Writes an incomplete character, and flushes. */
  void end() throws IOException {
    start('o');
    output.end(this::codePoint);
    close();
    start('i');
    input.end(this::codePoint);
    close();
    file.flush();
  }

  RecordedFile file() {
    return file;
  }

  private void start(char kind) {
    code = kind;
    micros = Math.max(0, nanoTime.getAsLong() - begin) / 1000;
  }

  private void codePoint(int c) throws IOException {
    if (file.room() < ROOM_FOR_ONE) {
      close();
      file.flush();
    }
    if (!isOpen) {
      open();
    }
    if (c >= ' ' && c <= '~') {
      if (c == '"' || c == '\\') {
        file.put('\\');
      }
      file.put(c);
    } else if (Character.isBmpCodePoint(c)) {
      escape((char) c);
    } else {
      escape(Character.highSurrogate(c));
      escape(Character.lowSurrogate(c));
    }
  }

  private void escape(char c) {
    file.put('\\');
    switch (c) {
      case '\n' -> file.put('n');
      case '\r' -> file.put('r');
      case '\t' -> file.put('t');
      case '\b' -> file.put('b');
      default -> {
        file.put('u');
        file.put(HEX.toHighHexDigit((byte) (c >> 8)));
        file.put(HEX.toLowHexDigit((byte) (c >> 8)));
        file.put(HEX.toHighHexDigit((byte) c));
        file.put(HEX.toLowHexDigit((byte) c));
      }
    }
  }

  /** Writes {@code [seconds, "code", "} with six decimals. */
  private void open() throws IOException {
    if (file.room() < ROOM_FOR_ONE) {
      file.flush();
    }
    isOpen = true;
    file.put('[');
    decimal(micros / MICROS, 1);
    file.put('.');
    decimal(micros % MICROS, 6);
    file.put(',');
    file.put(' ');
    file.put('"');
    file.put(code);
    file.put('"');
    file.put(',');
    file.put(' ');
    file.put('"');
  }

  private void decimal(long number, int atLeast) {
    int count = 0;
    for (long left = number; left > 0 || count < atLeast; left /= 10) {
      digits[count++] = (byte) ('0' + left % 10);
    }
    while (count > 0) {
      file.put(digits[--count]);
    }
  }

  private void close() {
    if (isOpen) {
      isOpen = false;
      file.put('"');
      file.put(']');
      file.put('\n');
    }
  }
}
