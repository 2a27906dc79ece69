package dev.sallyport.recording.files;

import java.util.Arrays;

/**
 * Looks at the first bytes of one direction for the packet that an sftp session begins with
 * (draft-ietf-secsh-filexfer-02, section 4): INIT from the client, VERSION from the server. A
 * server takes no other packet before INIT, and no data before it. For one thread, but for {@link
 * #finding}, which is for all.
 */
public final class SftpGreeting {
  /** Length, type and version. */
  private static final int LONGEST = 9;

  private static final int SHORTEST_PACKET = 5;

  /** The drafts have 0 to 6. */
  private static final int LAST_VERSION = 6;

  private final int type;
  private final byte[] first = new byte[LONGEST];
  private int count;
  private volatile Finding finding = Finding.UNDECIDED;

  /** What the bytes so far are. */
  public enum Finding {
    /** More bytes are needed. */
    UNDECIDED,
    SFTP,
    OTHER
  }

  private SftpGreeting(int type) {
    this.type = type;
  }

  /** For the client's bytes. */
  public static SftpGreeting ofClient() {
    return new SftpGreeting(SftpRequests.INIT);
  }

  /** For the server's bytes. */
  public static SftpGreeting ofServer() {
    return new SftpGreeting(SftpConversation.VERSION_PACKET);
  }

  /** Takes the next bytes; what follows a decision changes nothing. */
  public Finding look(byte[] data, int offset, int length) {
    for (int i = 0; i < length && finding == Finding.UNDECIDED; i++) {
      first[count++] = data[offset + i];
      finding = decide();
    }
    return finding;
  }

  private Finding decide() {
    // 256 KiB at most, which OpenSSH's client and server hold too.
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
    // A longer one has extensions. An icon begins with the same five bytes, and with no version.
    int version = PacketReader.intAt(first, SHORTEST_PACKET);
    return version >= 1 && version <= LAST_VERSION ? Finding.SFTP : Finding.OTHER;
  }

  /** What was found so far. */
  public Finding finding() {
    return finding;
  }

  /** What was looked at: up to nine bytes. */
  public byte[] seen() {
    return Arrays.copyOf(first, count);
  }
}
