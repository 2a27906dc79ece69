package dev.sallyport.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The end of a file after a crash.
 *
 * <p>Only the last batch can be damaged: a batch is forced before the next one begins, and is never
 * larger than {@link #WINDOW}. So the last {@link #WINDOW} bytes are read line by line, up to the
 * first line that is not an event. Complete lines after it (the kernel may have written later pages
 * before earlier ones) were never confirmed either. Earlier damage is not caused by a crash, and
 * not checked here.
 *
 * @param size of the file
 * @param end of the last valid line
 * @param sequence of the last valid line; empty if there is none
 * @param stopped whether that line is the stop of a server
 */
record LogTail(long size, long end, OptionalLong sequence, boolean stopped) {
  /** Bytes that are read, more than any batch has. */
  static final int WINDOW = 2 * AuditLog.BATCH_BYTES;

  boolean isTorn() {
    return end < size;
  }

  /**
   * Reads the end of a file.
   *
   * @throws IOException also when no line in the window is an event, which a crash cannot cause
   */
  static LogTail read(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    long start = Math.max(0, size - WINDOW);
    byte[] window = new byte[(int) (size - start)];
    ByteBuffer buffer = ByteBuffer.wrap(window);
    while (buffer.hasRemaining() && channel.read(buffer, start + buffer.position()) >= 0) {}
    return of(path, window, start);
  }

  /**
   * Reads a stream to its end, for compressed files.
   *
   * @throws IOException as {@link #read(Path, FileChannel)}, and when the stream is damaged
   */
  static LogTail read(Path path, InputStream in) throws IOException {
    byte[] window = new byte[0];
    long start = 0;
    for (byte[] more = in.readNBytes(WINDOW); more.length > 0; more = in.readNBytes(WINDOW)) {
      // The last read may be short, so the one before it is kept too.
      int kept = Math.min(window.length, WINDOW - more.length);
      byte[] both = Arrays.copyOf(more, kept + more.length);
      System.arraycopy(window, window.length - kept, both, 0, kept);
      System.arraycopy(more, 0, both, kept, more.length);
      start += window.length - kept;
      window = both;
    }
    return of(path, window, start);
  }

  /**
   * @param start position of the window
   */
  private static LogTail of(Path path, byte[] window, long start) throws IOException {
    long size = start + window.length;
    // The first line may have begun before the window.
    int line = start == 0 ? 0 : indexOfNewline(window, 0) + 1;
    OptionalLong sequence = OptionalLong.empty();
    boolean stopped = false;
    while (line < window.length) {
      int newline = indexOfNewline(window, line);
      JsonNode metadata =
          newline < 0
              ? MissingNode.getInstance()
              : metadataOf(Arrays.copyOfRange(window, line, newline));
      OptionalLong here = sequenceOf(metadata);
      if (here.isEmpty()) {
        break;
      }
      sequence = here;
      stopped = metadata.path("event_code").asString("").equals(Kind.SERVER_STOPPED);
      line = newline + 1;
    }
    if (start > 0 && sequence.isEmpty()) {
      throw new IOException(
          path
              + ": its last "
              + WINDOW
              + " bytes hold no audit event; move the file to another folder and start again");
    }
    return new LogTail(size, start + line, sequence, stopped);
  }

  private static int indexOfNewline(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static JsonNode metadataOf(byte[] line) {
    try {
      return SafeJson.MAPPER.readTree(line).path("metadata");
    } catch (JacksonException notJson) {
      return MissingNode.getInstance();
    }
  }

  /** The sequence number of a line; empty when it is not an event. */
  static OptionalLong sequenceOf(byte[] line) {
    return sequenceOf(metadataOf(line));
  }

  private static OptionalLong sequenceOf(JsonNode metadata) {
    JsonNode sequence = metadata.path("sequence");
    return sequence.isIntegralNumber() && sequence.canConvertToLong()
        ? OptionalLong.of(sequence.longValue())
        : OptionalLong.empty();
  }
}
