package dev.sallyport.plugins.ldap;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Takes connections, begins a TLS handshake, which StartTLS asked for or nothing, and never ends
 * it, but says another byte of it well within every timeout.
 */
final class DribblingServer implements AutoCloseable {
  /** RFC 4511, section 4.14.2: success, as the answer to the first message. */
  private static final byte[] STARTED = {
    0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00
  };

  /** RFC 8446: a record of 16,128 bytes with a ServerHello that fills it. */
  private static final byte[] HELLO = {0x16, 3, 3, 0x3f, 0, 2, 0, 0x3e, (byte) 0xf0, 3, 3};

  private static final long BETWEEN_MILLIS = 100;

  private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Server.Tls tls;

  DribblingServer(Server.Tls tls) throws IOException {
    this.tls = tls;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return new Server("localhost", listener.getLocalPort(), tls).toString();
  }

  /** How many connections clients have not ended. */
  long connections() {
    return open.stream().filter(socket -> !socket.isClosed()).count();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> dribble(client));
      } catch (IOException ended) {
        // By the test.
      }
    }
  }

  private void dribble(Socket client) {
    try (client) {
      byte[] first = new byte[4096];
      client.getInputStream().read(first);
      OutputStream out = client.getOutputStream();
      if (tls == Server.Tls.STARTED) {
        out.write(STARTED);
        client.getInputStream().read(first);
      }
      out.write(HELLO);
      while (!closed.await(BETWEEN_MILLIS, TimeUnit.MILLISECONDS)) {
        out.write(1);
      }
    } catch (IOException | InterruptedException ended) {
      // By the client.
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
  }
}
