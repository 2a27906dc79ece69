package dev.sallyport.gateway.relay;

import java.net.ProtocolException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A terminal that the client asked for (RFC 4254, section 6.2), as parsed values. The request to
 * the target is rebuilt from them, because the client's bytes could carry data that no recording
 * shows.
 *
 * @param term such as {@code xterm-256color}; any text unless {@link #isNamed}
 * @param modes arguments by opcode (RFC 4254, section 8)
 */
record Pty(String term, Pty.Size size, SortedMap<Integer, Long> modes) {
  /**
   * A terminal name as in terminfo(5); empty when the client has none. A script on the target may
   * execute the variable, so it must be no longer than what the recording keeps.
   */
  private static final Pattern TERM = Pattern.compile("[A-Za-z0-9._+-]{0,64}");

  /** Shown to a user whose TERM is no valid name. */
  static final String NO_NAME =
      "TERM names no terminal (up to 64 letters, digits and . _ + -), so the target takes it for a"
          + " dumb one: try TERM=xterm-256color";

  private static final String DUMB = "dumb";

  /** Ends the modes. */
  private static final int END_OF_MODES = 0;

  /** The first undefined opcode. Parsing stops at it (RFC 4254, section 8). */
  private static final int FIRST_UNDEFINED_MODE = 160;

  /**
   * The size of a window, as {@code pty-req} and {@code window-change} have it: unsigned 32-bit
   * numbers, 0 when the client does not know them. Code that draws must bound them.
   *
   * @param columns of characters
   * @param rows of characters
   * @param width in pixels
   * @param height in pixels
   */
  record Size(long columns, long rows, long width, long height) {
    /** As text for messages. */
    String shown() {
      return "%dx%d, %dx%d pixels".formatted(columns, rows, width, height);
    }

    private void put(Buffer buffer) {
      buffer.putUInt(columns);
      buffer.putUInt(rows);
      buffer.putUInt(width);
      buffer.putUInt(height);
    }

    /** The arguments of a {@code window-change} request. */
    byte[] arguments() {
      Buffer buffer = new ByteArrayBuffer();
      put(buffer);
      return buffer.getCompactData();
    }
  }

  Pty resizedTo(Size now) {
    return new Pty(term, now, modes);
  }

  /** For a client without a terminal whose command asks for one. */
  static Pty dumb() {
    return new Pty(DUMB, new Size(80, 24, 0, 0), new TreeMap<>());
  }

  static Pty parse(byte[] request) throws ProtocolException {
    try {
      Buffer buffer = new ByteArrayBuffer(request);
      String term = buffer.getString();
      return new Pty(term, size(buffer), modes(buffer));
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed pty-req");
    }
  }

  /**
   * Keeps the last argument of each opcode, so their number is bounded. Stops at the first
   * malformed mode, as sshd does: a terminal without modes is better than none.
   */
  private static SortedMap<Integer, Long> modes(Buffer request) {
    SortedMap<Integer, Long> modes = new TreeMap<>();
    try {
      Buffer encoded = new ByteArrayBuffer(request.getBytes());
      while (encoded.available() > 0) {
        int opcode = encoded.getUByte();
        if (opcode == END_OF_MODES || opcode >= FIRST_UNDEFINED_MODE) {
          break;
        }
        modes.put(opcode, encoded.getUInt());
      }
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      return modes;
    }
    return modes;
  }

  /** Whether its name is valid and may be sent to the target. */
  boolean isNamed() {
    return TERM.matcher(term).matches();
  }

  /** The same without a name. */
  Pty unnamed() {
    return new Pty(DUMB, size, modes);
  }

  /** The arguments of the {@code pty-req} to the target. */
  byte[] request() {
    Buffer encoded = new ByteArrayBuffer();
    for (Map.Entry<Integer, Long> mode : modes.entrySet()) {
      encoded.putByte(mode.getKey().byteValue());
      encoded.putUInt(mode.getValue());
    }
    encoded.putByte((byte) END_OF_MODES);
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString(term);
    size.put(buffer);
    buffer.putBytes(encoded.getCompactData());
    return buffer.getCompactData();
  }

  /** Parses the arguments of a {@code window-change} (RFC 4254, section 6.7). */
  static Size resized(byte[] request) throws ProtocolException {
    try {
      return size(new ByteArrayBuffer(request));
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed window-change");
    }
  }

  private static Size size(Buffer buffer) {
    return new Size(buffer.getUInt(), buffer.getUInt(), buffer.getUInt(), buffer.getUInt());
  }
}
