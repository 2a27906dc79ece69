package dev.sallyport.recording.files;

import java.util.Arrays;

/**
 * Detects sftp by the first packet of one direction (draft-ietf-secsh-filexfer-02, section 4): INIT
 * from the client, VERSION from the server. A server accepts no other packet and no data before
 * INIT. For one thread, except {@link #finding}, which is for all.
 */
public final class SftpGreeting {
  /** Bytes of length, type and version. */
  private static final int LONGEST = 9;

  private static final int SHORTEST_PACKET = 5;

  /** The last version in the drafts. */
  private static final int LAST_VERSION = 6;

  private final int type;
  private final byte[] first = new byte[LONGEST];
  private int count;
  private volatile Finding finding = Finding.UNDECIDED;

  /** The result so far. */
  public enum Finding {
    /** More bytes are needed. */
    UNDECIDED,
    SFTP,
    OTHER
  }

  private SftpGreeting(int type) {
    this.type = type;
  }

  /** For data of the client. */
  public static SftpGreeting ofClient() {
    return new SftpGreeting(SftpRequests.INIT);
  }

  /** For data of the server. */
  public static SftpGreeting ofServer() {
    return new SftpGreeting(SftpConversation.VERSION_PACKET);
  }

  /** Examines the next bytes. Bytes after a decision have no effect. */
  public Finding look(byte[] data, int offset, int length) {
    for (int i = 0; i < length && finding == Finding.UNDECIDED; i++) {
      first[count++] = data[offset + i];
      finding = decide();
    }
    return finding;
  }

  private Finding decide() {
    // 256 KiB at most, as in OpenSSH's client and server.
    boolean fits = first[0] == 0 && (count < 2 || (first[1] >= 0 && first[1] <= 4));
    if (!fits || (count >= SHORTEST_PACKET && first[4] != type)) {
      return Finding.OTHER;
    }
    if (count < SHORTEST_PACKET) {
      return Finding.UNDECIDED;
    }
    int length = PacketReader.intAt(first, 0);
    if (length < SHORTEST_PACKET || length > SftpPackets.LARGEST_PACKET) {
      return Finding.OTHER;
    }
    if (length == SHORTEST_PACKET) {
      return Finding.SFTP;
    }
    if (count < LONGEST) {
      return Finding.UNDECIDED;
    }
    // A longer packet has extensions. An icon file begins with the same five bytes, but no version
    // follows.
    int version = PacketReader.intAt(first, SHORTEST_PACKET);
    return version >= 1 && version <= LAST_VERSION ? Finding.SFTP : Finding.OTHER;
  }

  /** The result so far. */
  public Finding finding() {
    return finding;
  }

  /** The examined bytes, nine at most. */
  public byte[] seen() {
    return Arrays.copyOf(first, count);
  }
}
