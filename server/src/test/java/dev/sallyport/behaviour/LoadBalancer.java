package dev.sallyport.behaviour;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A load balancer of loopback: connects to the bastion from an address of its own, says where its
 * client is, and carries the bytes.
 */
final class LoadBalancer implements AutoCloseable {
  /** Where it connects from. */
  static final String ADDRESS = "127.0.0.9";

  private final ServerSocket server;
  private final TestBastion bastion;
  private final Supplier<byte[]> header;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /**
   * @param header what it says first of the next connection
   */
  LoadBalancer(TestBastion bastion, Supplier<byte[]> header) throws IOException {
    this.bastion = bastion;
    this.header = header;
    this.server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  /** Version 1. */
  static byte[] line(String source) {
    String family = source.indexOf(':') < 0 ? "TCP4" : "TCP6";
    String self = source.indexOf(':') < 0 ? "198.51.100.1" : "2001:db8:ffff::1";
    return "PROXY %s %s %s 50123 22\r\n"
        .formatted(family, source, self)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Version 2, with something behind the addresses. */
  static byte[] block(String source) {
    byte[] address = InetAddress.ofLiteral(source).getAddress();
    boolean ipv4 = address.length == 4;
    ByteBuffer block = ByteBuffer.allocate(16 + 2 * address.length + 4 + 7);
    block.put(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21});
    block.put((byte) (ipv4 ? 0x11 : 0x21)).putShort((short) (2 * address.length + 4 + 7));
    block.put(address).put(new byte[address.length]).putShort((short) 50123).putShort((short) 22);
    block.put((byte) 0x05).putShort((short) 4).putInt(42);
    return block.array();
  }

  int port() {
    return server.getLocalPort();
  }

  /** Connects to the bastion as a load balancer that says nothing yet. */
  static Socket connect(TestBastion bastion) {
    return Strangers.connect(bastion, ADDRESS);
  }

  /** The same, and says this. */
  static Socket connect(TestBastion bastion, byte[] header) {
    Socket socket = connect(bastion);
    try {
      socket.getOutputStream().write(header);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return socket;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket onward = connect(bastion, header.get());
        onward.setSoTimeout(0);
        sockets.add(client);
        sockets.add(onward);
        Thread.ofVirtual().start(() -> carry(client, onward));
        Thread.ofVirtual().start(() -> carry(onward, client));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private static void carry(Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
      to.shutdownOutput();
    } catch (IOException e) {
      try {
        from.close();
        to.close();
      } catch (IOException closed) {
        throw new UncheckedIOException(closed);
      }
    }
  }

  /** What OpenSSH's client needs to go through it. */
  String[] hostLines(Path identity, String user) {
    return new String[] {
      "HostName 127.0.0.1", "Port " + port(), "User " + user, "IdentityFile " + identity,
    };
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
