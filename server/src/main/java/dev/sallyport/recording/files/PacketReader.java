package dev.sallyport.recording.files;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads the fields of one packet (RFC 4251, section 5), in order; never past its end. */
final class PacketReader {
  /**
   * Longest path on Linux (PATH_MAX). Longer ones fail at the target, and are cut in the log, which
   * they would fill otherwise.
   */
  static final int LONGEST_PATH = 4096;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] data;
  private final int end;
  private int at;

  PacketReader(byte[] data, int offset, int length) {
    this.data = data;
    this.at = offset;
    this.end = offset + length;
  }

  static int intAt(byte[] data, int at) {
    return (int) INT.get(data, at);
  }

  int uint8() throws NotUnderstoodException {
    return data[advance(1)] & 0xff;
  }

  /** The 32 bits unchanged; the caller decides whether 2^31 and more is valid. */
  int int32() throws NotUnderstoodException {
    return intAt(data, advance(4));
  }

  /** An offset or a length; 2^63 and more is not valid in a file. */
  long offset64() throws NotUnderstoodException {
    long value = (long) LONG.get(data, advance(8));
    if (value < 0) {
      throw new NotUnderstoodException("an offset beyond every file");
    }
    return value;
  }

  Slice string() throws NotUnderstoodException {
    int length = int32();
    if (length < 0 || length > end - at) {
      throw new NotUnderstoodException("a field longer than its packet");
    }
    return new Slice(data, advance(length), length);
  }

  /** A path or a name as text, see {@link FileName}, of {@link #LONGEST_PATH} bytes at most. */
  String path() throws NotUnderstoodException {
    return text(string(), LONGEST_PATH);
  }

  static String text(Slice slice, int limit) {
    String text = FileName.text(slice.data(), slice.offset(), Math.min(slice.length(), limit));
    return slice.length() <= limit ? text : text + "... (" + slice.length() + " bytes)";
  }

  private int advance(int count) throws NotUnderstoodException {
    if (count > end - at) {
      throw new NotUnderstoodException("a packet that ends before its fields do");
    }
    int start = at;
    at += count;
    return start;
  }
}
