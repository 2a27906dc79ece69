package dev.sallyport.connection;

import dev.sallyport.model.IpText;
import dev.sallyport.ssh.ServerSetup;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Tests whether a server could listen on an address, without accepting any client. */
public final class ListenTrial {
  /** How long a server that listens may take to send its identification. */
  private static final int TIMEOUT_MILLIS = 3000;

  /** How Sallyport's identification begins (RFC 4253, section 4.2). */
  private static final String OURS = "SSH-2.0-" + ServerSetup.SOFTWARE;

  private ListenTrial() {}

  /** The result of a test. */
  public enum Outcome {
    /** A server could listen there. */
    FREE,
    /** A Sallyport listens there, which a restart would stop first. */
    OURS,
    /** Only root, or the service with its capability, can test a port below 1024. */
    NOT_ALLOWED
  }

  /**
   * Tests one address. Waits for three seconds at most.
   *
   * @param running whether a server with the same {@code state-dir} runs. Its identification is not
   *     awaited: it may turn this machine away at present, or wait for a PROXY header
   * @throws IOException when a server could not listen there; the message says which address, why,
   *     and what to do
   */
  public static Outcome of(InetSocketAddress address, boolean running) throws IOException {
    boolean six = address.getAddress() instanceof Inet6Address;
    try (SocketChannel socket =
        SocketChannel.open(six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(address);
      return Outcome.FREE;
    } catch (UnsupportedOperationException noIpv6) {
      throw new IOException(
          "cannot listen on %s: this machine has no IPv6, or hides it (/proc/net/if_inet6)"
              .formatted(IpText.shown(address)),
          noIpv6);
    } catch (SocketException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("in use") && isOurs(address, running)) {
        return Outcome.OURS;
      }
      if (message.contains("denied")) {
        return Outcome.NOT_ALLOWED;
      }
      throw new IOException(
          "cannot listen on %s: %s"
              .formatted(IpText.shown(address), ConnectionServer.advice(address, e)),
          e);
    }
  }

  /** Whether the server that listens is a Sallyport, by its identification. */
  private static boolean isOurs(InetSocketAddress address, boolean running) {
    String answer = answer(address);
    return answer.equals(OURS) || (running && !answer.startsWith("SSH-"));
  }

  /** The first line that the server sends; empty if it sends nothing in time. */
  private static String answer(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      InetAddress to =
          address.getAddress().isAnyLocalAddress()
              ? loopback(address.getAddress())
              : address.getAddress();
      socket.connect(new InetSocketAddress(to, address.getPort()), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      byte[] first = socket.getInputStream().readNBytes(OURS.length());
      return new String(first, StandardCharsets.US_ASCII);
    } catch (IOException silent) {
      return "";
    }
  }

  /** The loopback address of the same family. */
  private static InetAddress loopback(InetAddress any) throws IOException {
    byte[] bytes = any.getAddress();
    if (bytes.length == 4) {
      bytes[0] = 127;
    }
    bytes[bytes.length - 1] = 1;
    return InetAddress.getByAddress(bytes);
  }
}
