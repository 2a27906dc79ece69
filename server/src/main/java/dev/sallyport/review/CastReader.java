package dev.sallyport.review;

import dev.sallyport.audit.SafeJson;
import dev.sallyport.recording.KeptFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads an asciicast v2 event by event. An incomplete last line, of a live or interrupted
 * recording, counts as the end. For one thread.
 */
public final class CastReader implements AutoCloseable {
  /** Longest line in bytes, more than any event of a recording; bounds memory. */
  private static final int LONGEST_LINE = 1 << 20;

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})x([0-9]{1,5})");

  /** Longest time in seconds: thirty years; larger values could overflow. */
  private static final double LONGEST_TIME = 1e9;

  private static final double MICROS = 1e6;
  private static final long NANOS_PER_MICRO = 1000;

  private final Path file;
  private final InputStream in;
  private final int columns;
  private final int rows;
  private long line;

  private CastReader(Path file, InputStream in) throws IOException {
    this.file = file;
    this.in = in;
    JsonNode header = json(line().orElseThrow(() -> broken("it has no header")));
    if (header.path("version").asInt(0) != 2) {
      throw broken("it is not asciicast v2");
    }
    this.columns = header.path("width").asInt(0);
    this.rows = header.path("height").asInt(0);
  }

  /**
   * Opens a cast, compressed or not, and reads its header.
   *
   * @param file without the suffix of compressed files
   * @throws IOException when it cannot be read, or is no cast; the message names the file
   */
  public static CastReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(KeptFile.open(file), 64 * 1024);
    try {
      return new CastReader(file, in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Of the terminal, at the beginning. */
  public int columns() {
    return columns;
  }

  /** Of the terminal, at the beginning. */
  public int rows() {
    return rows;
  }

  /**
   * The next event; empty at the end.
   *
   * @throws IOException when the cast cannot be read, or is damaged; the message says where
   */
  public Optional<CastEvent> next() throws IOException {
    Optional<byte[]> bytes = line();
    return bytes.isPresent() ? Optional.of(event(json(bytes.get()))) : Optional.empty();
  }

  private CastEvent event(JsonNode json) throws IOException {
    JsonNode data = json.path(2);
    if (!json.path(0).isNumber() || !json.path(1).isString() || !data.isString()) {
      throw broken("it is not an event");
    }
    Duration at = seconds(json.path(0));
    String code = json.path(1).stringValue();
    return switch (code) {
      case "o" -> new CastEvent.Output(at, data.stringValue());
      case "i" -> new CastEvent.Input(at, data.stringValue());
      case "r" -> resize(at, data.stringValue());
      default -> new CastEvent.Other(at, code);
    };
  }

  private CastEvent resize(Duration at, String size) throws IOException {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw broken("it resizes to an invalid size");
    }
    return new CastEvent.Resize(
        at, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Parses a time to the microsecond, the resolution of the bastion's casts. */
  private Duration seconds(JsonNode json) throws IOException {
    double seconds = json.asDouble(-1);
    if (!(seconds >= 0 && seconds < LONGEST_TIME)) {
      throw broken("its time is invalid");
    }
    return Duration.ofNanos(Math.round(seconds * MICROS) * NANOS_PER_MICRO);
  }

  private JsonNode json(byte[] bytes) throws IOException {
    try {
      return SafeJson.MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw broken("it is not JSON");
    }
  }

  /** A complete line; empty at the end, or when the last line is incomplete. */
  private Optional<byte[]> line() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    line++;
    while (true) {
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      if (b == '\n') {
        return Optional.of(bytes.toByteArray());
      }
      if (bytes.size() == LONGEST_LINE) {
        throw broken("it is too long");
      }
      bytes.write(b);
    }
  }

  private IOException broken(String what) {
    return new IOException(file + ": line " + line + " is damaged: " + what);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
