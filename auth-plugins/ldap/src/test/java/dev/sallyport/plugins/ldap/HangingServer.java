package dev.sallyport.plugins.ldap;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands before a directory: passes everything through, or takes connections and stays silent. */
final class HangingServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final int target;
  private volatile boolean silent;

  HangingServer(String url) throws IOException {
    target = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    Thread.ofVirtual().start(this::accept);
  }

  String ldaps() {
    return "ldaps://localhost:" + listener.getLocalPort();
  }

  /** From now on nothing passes any more, in connections that are there too. */
  void hang() {
    silent = true;
  }

  void pass() {
    silent = false;
  }

  /** Ends the connections there are. */
  void cut() throws IOException {
    for (Closeable one : open) {
      one.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        if (!silent) {
          SocketChannel server =
              SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
          open.add(server);
          Thread.ofVirtual().start(() -> pump(client, server.socket()));
          Thread.ofVirtual().start(() -> pump(server.socket(), client));
        }
      } catch (IOException closed) {
        // Ended by the test.
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      for (int count = from.getInputStream().read(buffer);
          count >= 0;
          count = from.getInputStream().read(buffer)) {
        if (!silent) {
          to.getOutputStream().write(buffer, 0, count);
        }
      }
    } catch (IOException ended) {
      // Either side may go.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
