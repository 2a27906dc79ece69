import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A key exchange (RFC 4253, sections 6 to 8) that costs its client next to nothing: it computes no
 * key, and sends a public value that it made up.
 */
final class KeyExchange {
  private static final int KEXINIT = 20;
  private static final int FIRST_OF_METHOD = 30;
  private static final int REPLY = 31;
  private static final int TIMEOUT_MILLISECONDS = 20_000;
  private static final String GROUP16 = "diffie-hellman-group16-sha512";
  private static final String SNTRUP = "sntrup761x25519-sha512@openssh.com";

  /** The costliest first. */
  private static final List<String> METHODS = List.of(GROUP16, SNTRUP, "curve25519-sha256");

  private KeyExchange() {}

  /**
   * Connects from {@code source}; returns when the server has computed, or has hung up.
   *
   * @param whole whether the client's part is sent; otherwise it keeps the server waiting for it
   */
  static void run(InetSocketAddress server, String source, boolean whole) throws IOException {
    try (Socket socket =
        new Socket(server.getAddress(), server.getPort(), InetAddress.getByName(source), 0)) {
      socket.setSoTimeout(TIMEOUT_MILLISECONDS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write("SSH-2.0-soak\r\n".getBytes(StandardCharsets.US_ASCII));
      identification(in);
      String offered = methods(packet(in, KEXINIT));
      String method =
          METHODS.stream()
              .filter(one -> List.of(offered.split(",")).contains(one))
              .findFirst()
              .orElseThrow(() -> new IOException("no method in common: " + offered));
      send(out, proposal(method));
      if (whole) {
        send(out, publicValue(method));
        packet(in, REPLY);
      } else {
        in.readAllBytes();
      }
    } catch (SocketTimeoutException e) {
      // It has kept its place for as long as it wanted.
    }
  }

  private static void identification(DataInputStream in) throws IOException {
    int last = 0;
    while (last != '\n') {
      last = in.read();
      if (last < 0) {
        throw new EOFException();
      }
    }
  }

  /** The payload of the next packet with this number. */
  private static byte[] packet(DataInputStream in, int number) throws IOException {
    while (true) {
      int length = in.readInt();
      int padding = in.readUnsignedByte();
      byte[] payload = in.readNBytes(length - padding - 1);
      in.skipNBytes(padding);
      if (payload.length > 0 && payload[0] == number) {
        return payload;
      }
    }
  }

  private static String methods(byte[] proposal) {
    ByteBuffer bytes = ByteBuffer.wrap(proposal).position(17);
    byte[] names = new byte[bytes.getInt()];
    bytes.get(names);
    return new String(names, StandardCharsets.US_ASCII);
  }

  private static byte[] proposal(String method) {
    ByteBuffer payload = ByteBuffer.allocate(1024);
    payload.put((byte) KEXINIT).put(random(16));
    for (String names :
        List.of(
            method,
            "ssh-ed25519",
            "aes128-ctr",
            "aes128-ctr",
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "none",
            "none",
            "",
            "")) {
      string(payload, names.getBytes(StandardCharsets.US_ASCII));
    }
    payload.put((byte) 0).putInt(0);
    return Arrays.copyOf(payload.array(), payload.position());
  }

  private static byte[] publicValue(String method) {
    byte[] value =
        switch (method) {
          case GROUP16 -> new byte[] {2};
          case SNTRUP -> random(1158 + 32);
          default -> random(32);
        };
    ByteBuffer payload = ByteBuffer.allocate(5 + value.length);
    payload.put((byte) FIRST_OF_METHOD);
    string(payload, value);
    return payload.array();
  }

  private static void string(ByteBuffer to, byte[] bytes) {
    to.putInt(bytes.length).put(bytes);
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    ThreadLocalRandom.current().nextBytes(bytes);
    return bytes;
  }

  private static void send(DataOutputStream out, byte[] payload) throws IOException {
    // In all a multiple of eight bytes, with four of padding at least (RFC 4253, section 6).
    int padding = 8 - (payload.length + 5) % 8;
    padding += padding < 4 ? 8 : 0;
    ByteBuffer packet = ByteBuffer.allocate(5 + payload.length + padding);
    packet.putInt(1 + payload.length + padding).put((byte) padding).put(payload);
    out.write(packet.array());
    out.flush();
  }
}
