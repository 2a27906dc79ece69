import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Both ends of a conversation in sftp (draft-ietf-secsh-filexfer-02) that writes the first byte of
 * a file, never the second, and all that follows.
 */
final class SftpHoles {
  private static final int INIT = 1;
  private static final int VERSION = 2;
  private static final int OPEN = 3;
  private static final int WRITE = 6;
  private static final int STATUS = 101;
  private static final int HANDLE = 102;
  private static final int CREATE_AND_WRITE = 0x1a;
  private static final int BLOCK = 32 * 1024;
  private static final int BLOCKS = 48;

  private SftpHoles() {}

  /** The client's end; reads no answer after the file's handle. */
  static void send(InputStream from, OutputStream to) throws IOException {
    DataInputStream in = new DataInputStream(from);
    DataOutputStream out = new DataOutputStream(to);
    out.writeInt(5);
    out.writeByte(INIT);
    out.writeInt(3);
    byte[] path = "/hole".getBytes(StandardCharsets.US_ASCII);
    out.writeInt(17 + path.length);
    out.writeByte(OPEN);
    out.writeInt(1);
    bytes(out, path);
    out.writeInt(CREATE_AND_WRITE);
    out.writeInt(0);
    out.flush();
    // The version and the handle: a strict bastion ends a client that uses a handle before.
    in.skipNBytes(in.readInt());
    in.skipNBytes(in.readInt());
    write(out, 2, 0, new byte[1]);
    for (int i = 1; i <= BLOCKS; i++) {
      write(out, i + 2, (long) i * BLOCK, new byte[BLOCK]);
    }
  }

  /**
   * @param id of the request: no other one that waits for its answer may have it
   */
  private static void write(DataOutputStream out, int id, long offset, byte[] data)
      throws IOException {
    out.writeInt(22 + data.length);
    out.writeByte(WRITE);
    out.writeInt(id);
    bytes(out, "h".getBytes(StandardCharsets.US_ASCII));
    out.writeLong(offset);
    bytes(out, data);
    out.flush();
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** The server's end: says yes to everything, until the client leaves. */
  static void answer(InputStream from, OutputStream to) throws IOException {
    DataInputStream in = new DataInputStream(from);
    DataOutputStream out = new DataOutputStream(to);
    while (true) {
      int length = in.readInt();
      int type = in.readUnsignedByte();
      int id = in.readInt();
      in.skipNBytes(length - 5);
      switch (type) {
        case INIT -> {
          out.writeInt(5);
          out.writeByte(VERSION);
          out.writeInt(3);
        }
        case OPEN -> {
          out.writeInt(10);
          out.writeByte(HANDLE);
          out.writeInt(id);
          bytes(out, "h".getBytes(StandardCharsets.US_ASCII));
        }
        default -> {
          out.writeInt(17);
          out.writeByte(STATUS);
          out.writeInt(id);
          out.writeInt(0);
          out.writeInt(0);
          out.writeInt(0);
        }
      }
      out.flush();
    }
  }
}
