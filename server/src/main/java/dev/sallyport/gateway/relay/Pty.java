package dev.sallyport.gateway.relay;

import java.net.ProtocolException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A terminal that the client asked for (RFC 4254, section 6.2).
 *
 * @param term such as {@code xterm-256color}
 * @param columns 0 when the client has none
 * @param rows likewise
 * @param request the whole request, modes included, to ask the target for the same
 */
@SuppressWarnings("ArrayRecordComponent") // as Message
record Pty(String term, int columns, int rows, byte[] request) {
  /** The terminal's width and height, as {@code pty-req} and {@code window-change} have them. */
  record Size(int columns, int rows) {}

  // The request carries the size too: it is what the target is asked for.
  Pty resizedTo(Size size) {
    Buffer old = new ByteArrayBuffer(request);
    old.getString();
    int at = old.rpos();
    Buffer fresh = new ByteArrayBuffer(request.clone());
    fresh.wpos(at);
    fresh.putUInt(size.columns());
    fresh.putUInt(size.rows());
    return new Pty(term, size.columns(), size.rows(), fresh.array());
  }

  /** No terminal is larger; numbers beyond it are mistakes or attacks on whoever draws. */
  private static final long LARGEST = 10_000;

  /** For a client that has none, and whose command wants one all the same. */
  static Pty dumb() {
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString("dumb");
    buffer.putUInt(80);
    buffer.putUInt(24);
    buffer.putUInt(0);
    buffer.putUInt(0);
    // No modes but their end (RFC 4254, section 8).
    buffer.putBytes(new byte[] {0});
    return new Pty("dumb", 80, 24, buffer.getCompactData());
  }

  static Pty parse(byte[] request) throws ProtocolException {
    try {
      Buffer buffer = new ByteArrayBuffer(request);
      String term = buffer.getString();
      Size size = size(buffer);
      return new Pty(term, size.columns(), size.rows(), request);
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed pty-req");
    }
  }

  /** Of a {@code window-change} (RFC 4254, section 6.7). */
  static Size resized(byte[] request) throws ProtocolException {
    try {
      return size(new ByteArrayBuffer(request));
    } catch (BufferException | IndexOutOfBoundsException malformed) {
      throw new ProtocolException("a malformed window-change");
    }
  }

  private static Size size(Buffer buffer) {
    long columns = buffer.getUInt();
    long rows = buffer.getUInt();
    return new Size((int) Math.min(columns, LARGEST), (int) Math.min(rows, LARGEST));
  }
}
