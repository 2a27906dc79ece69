import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody with very many addresses and no key: so many connections at any time ask for a key
 * exchange, and each that has been answered makes room for one from another address. It computes
 * nothing itself, because every answer is thrown away.
 */
final class PendingExchanges implements AutoCloseable {
  private static final int PATIENCE_MILLISECONDS = 60_000;

  /** After being turned away; without it the flood would be one of connections. */
  private static final long PAUSE_NANOSECONDS = 20_000_000;

  private static final int KEXINIT = 20;
  private static final int KEXDH_INIT = 30;
  private static final int KEXDH_REPLY = 31;

  /** The costliest for a server first; which of them it has is its own choice. */
  private static final String METHODS =
      "diffie-hellman-group16-sha512,ecdh-sha2-nistp521," + "curve25519-sha256";

  private final Server server;
  private final AtomicLong addresses = new AtomicLong(1);
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong turnedAway = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  PendingExchanges(Server server, int atOnce) {
    this.server = server;
    for (int i = 0; i < atOnce; i++) {
      threads.add(Thread.ofPlatform().daemon().start(this::run));
    }
  }

  /** Exchanges that the server has computed so far. */
  long answered() {
    return answered.get();
  }

  private void run() {
    while (!closed) {
      try {
        exchange();
        answered.incrementAndGet();
      } catch (IOException e) {
        turnedAway.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOSECONDS);
      }
    }
  }

  /** All of 127.0.0.0/8 is this machine; each address is used once. */
  private InetAddress nextAddress() throws IOException {
    long number = addresses.incrementAndGet();
    return InetAddress.getByAddress(
        new byte[] {
          127,
          (byte) (1 + number / 64_516),
          (byte) (1 + number / 254 % 254),
          (byte) (1 + number % 254)
        });
  }

  private void exchange() throws IOException {
    try (Socket socket =
        new Socket(InetAddress.ofLiteral(Server.PLAIN_ADDRESS), server.port(), nextAddress(), 0)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLISECONDS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      out.write("SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(packet(proposal()));
      skipIdentification(in);
      String method = chosen(read(in, KEXINIT));
      out.write(packet(publicValue(method)));
      read(in, KEXDH_REPLY);
    }
  }

  private static void skipIdentification(InputStream in) throws IOException {
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("turned away");
      }
    }
  }

  /** RFC 4253, section 7.1. */
  private static byte[] proposal() {
    ByteBuffer bytes = ByteBuffer.allocate(2048).put((byte) KEXINIT).put(new byte[16]);
    String ciphers = "aes128-gcm@openssh.com,aes128-ctr";
    String macs = "hmac-sha2-256-etm@openssh.com";
    for (String names :
        List.of(
            METHODS,
            "ssh-ed25519,rsa-sha2-512,ecdsa-sha2-nistp256",
            ciphers,
            ciphers,
            macs,
            macs,
            "none",
            "none",
            "",
            "")) {
      string(bytes, names.getBytes(StandardCharsets.US_ASCII));
    }
    return java.util.Arrays.copyOf(bytes.array(), bytes.position() + 5);
  }

  private static void string(ByteBuffer into, byte[] bytes) {
    into.putInt(bytes.length).put(bytes);
  }

  /** The first of ours that the server has. */
  private static String chosen(byte[] proposal) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(proposal, 17, proposal.length - 17);
    byte[] names = new byte[bytes.getInt()];
    bytes.get(names);
    List<String> theirs = List.of(new String(names, StandardCharsets.US_ASCII).split(","));
    for (String method : METHODS.split(",")) {
      if (theirs.contains(method)) {
        return method;
      }
    }
    throw new IOException("the server has none of " + METHODS);
  }

  /** The same for all, made once: the generators of the curves, for example. */
  private static byte[] publicValue(String method) {
    byte[] value =
        switch (method) {
          case "curve25519-sha256" -> curve25519();
          case "ecdh-sha2-nistp521" -> nistp521();
          default -> CheapExchange.publicValue();
        };
    ByteBuffer bytes = ByteBuffer.allocate(1 + 4 + value.length).put((byte) KEXDH_INIT);
    string(bytes, value);
    return bytes.array();
  }

  /** RFC 7748, section 4.1. */
  private static byte[] curve25519() {
    byte[] nine = new byte[32];
    nine[0] = 9;
    return nine;
  }

  /** FIPS 186-4, D.1.2.5; uncompressed. */
  private static byte[] nistp521() {
    BigInteger x =
        new BigInteger(
            "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc"
                + "127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
            16);
    BigInteger y =
        new BigInteger(
            "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550"
                + "b9013fad0761353c7086a272c24088be94769fd16650",
            16);
    ByteBuffer point = ByteBuffer.allocate(1 + 66 + 66).put((byte) 4);
    for (BigInteger one : List.of(x, y)) {
      byte[] bytes = one.toByteArray();
      point.put(new byte[66 - bytes.length]).put(bytes);
    }
    return point.array();
  }

  /** RFC 4253, section 6, before there are keys. */
  private static byte[] packet(byte[] payload) {
    int padding = 8 - (5 + payload.length) % 8;
    if (padding < 4) {
      padding += 8;
    }
    return ByteBuffer.allocate(5 + payload.length + padding)
        .putInt(1 + payload.length + padding)
        .put((byte) padding)
        .put(payload)
        .array();
  }

  private static byte[] read(DataInputStream in, int wanted) throws IOException {
    while (true) {
      int length = in.readInt();
      if (length < 2 || length > 35_000) {
        throw new IOException("no packet");
      }
      byte[] packet = new byte[length];
      in.readFully(packet);
      int type = packet[1] & 0xff;
      if (type == wanted) {
        return java.util.Arrays.copyOfRange(packet, 1, length - packet[0]);
      }
      if (type == 1) {
        throw new IOException("disconnected");
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
