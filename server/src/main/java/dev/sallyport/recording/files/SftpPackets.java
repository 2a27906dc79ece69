package dev.sallyport.recording.files;

import java.util.Arrays;

/**
 * Splits the data of one direction into SFTP packets (draft-ietf-secsh-filexfer-02, section 3). A
 * packet that arrived in one piece is not copied. Not for several threads at once.
 */
final class SftpPackets {
  /**
   * Largest packet in bytes: OpenSSH's SFTP_MAX_MSG_LENGTH, above which its client and server end
   * the session. Memory grows with the received data, not with the declared length.
   */
  static final int LARGEST_PACKET = 256 * 1024;

  private static final int LENGTH_BYTES = 4;
  private static final byte[] EMPTY = {};

  /** The beginning of an incomplete packet, including its length field. */
  private byte[] partial = EMPTY;

  private int held;
  private final ObserverMemory memory;

  SftpPackets(ObserverMemory memory) {
    this.memory = memory;
  }

  /** Receives a packet, which is valid only during the call. */
  @FunctionalInterface
  interface Sink {
    void packet(PacketReader packet) throws NotUnderstoodException;
  }

  void feed(byte[] data, int offset, int count, Sink sink) throws NotUnderstoodException {
    int at = offset;
    int end = offset + count;
    while (at < end) {
      if (held == 0 && end - at >= LENGTH_BYTES) {
        int length = lengthAt(data, at);
        if (end - at - LENGTH_BYTES >= length) {
          sink.packet(new PacketReader(data, at + LENGTH_BYTES, length));
          at += LENGTH_BYTES + length;
          continue;
        }
      }
      int wanted = held < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + lengthAt(partial, 0);
      int some = Math.min(wanted - held, end - at);
      keep(data, at, some, wanted);
      at += some;
      if (held > LENGTH_BYTES && held == LENGTH_BYTES + lengthAt(partial, 0)) {
        held = 0;
        sink.packet(new PacketReader(partial, LENGTH_BYTES, lengthAt(partial, 0)));
      }
    }
  }

  private void keep(byte[] data, int at, int some, int wanted) throws NotUnderstoodException {
    if (held + some > partial.length) {
      int size = Math.max(2 * partial.length, held + some);
      int larger = Math.max(LENGTH_BYTES, Math.min(size, wanted));
      if (!memory.take(larger - partial.length)) {
        throw memory.refusal();
      }
      partial = Arrays.copyOf(partial, larger);
    }
    System.arraycopy(data, at, partial, held, some);
    held += some;
    if (held == LENGTH_BYTES) {
      lengthAt(partial, 0);
    }
  }

  private static int lengthAt(byte[] data, int at) throws NotUnderstoodException {
    int length = PacketReader.intAt(data, at);
    if (length < 1 || length > LARGEST_PACKET) {
      throw new NotUnderstoodException(
          "a packet of "
              + Integer.toUnsignedString(length)
              + " bytes, where SFTP has 1 to "
              + LARGEST_PACKET);
    }
    return length;
  }

  /** Releases the memory. */
  void clear() {
    memory.give(partial.length);
    partial = EMPTY;
    held = 0;
  }
}
