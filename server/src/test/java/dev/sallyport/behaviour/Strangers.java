package dev.sallyport.behaviour;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** Clients that are no ssh. */
final class Strangers {
  static final String WELCOME = "SSH-2.0-OpenSSH_compatible_Sallyport";

  private Strangers() {}

  /** Connects from an address of loopback, and says nothing. */
  static Socket connect(TestBastion bastion, String from) {
    try {
      Socket socket =
          new Socket(
              InetAddress.ofLiteral("127.0.0.1"), bastion.port(), InetAddress.ofLiteral(from), 0);
      socket.setSoTimeout(20_000);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the bastion says first, without the end of the line; nothing when it hangs up. */
  static String firstLine(Socket socket) {
    StringBuilder line = new StringBuilder();
    try {
      for (int c = socket.getInputStream().read(); c >= ' '; c = socket.getInputStream().read()) {
        line.append((char) c);
      }
    } catch (SocketException reset) {
      // Closed with bytes of ours unread.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }

  /** Until the bastion has hung up, which is a reset where it did so with bytes of ours unread. */
  static void awaitEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException reset) {
      // The end too.
    }
  }

  /** Connects, hears the first line, and leaves. */
  static String knock(TestBastion bastion, String from) {
    try (Socket socket = connect(bastion, from)) {
      return firstLine(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
