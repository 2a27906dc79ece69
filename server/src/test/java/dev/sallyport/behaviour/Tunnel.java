package dev.sallyport.behaviour;

import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** {@code ssh -N -L …} through the bastion: local ports that lead to targets. */
final class Tunnel implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final List<Integer> ports = new ArrayList<>();
  private final Command ssh;

  private Tunnel(OpenSsh client, String host, List<String> targets) {
    List<String> arguments = new ArrayList<>();
    for (String target : targets) {
      int port = FreePort.next();
      ports.add(port);
      arguments.addAll(List.of("-L", "127.0.0.1:" + port + ":" + target));
    }
    arguments.add(host);
    this.ssh = client.startForwards(arguments.toArray(String[]::new));
  }

  /**
   * @param targets {@code host:port}, or the path of a Unix socket
   */
  static Tunnel open(OpenSsh client, String... targets) {
    return openAs(client, "bastion", targets);
  }

  /**
   * Through another of the hosts that the client knows.
   *
   * @param targets as {@link #open}
   */
  static Tunnel openAs(OpenSsh client, String host, String... targets) {
    return new Tunnel(client, host, List.of(targets));
  }

  Command ssh() {
    return ssh;
  }

  /** Where the first forward listens. */
  int port() {
    return ports.getFirst();
  }

  /** A connection through the first forward. */
  Socket connect() throws IOException {
    return connect(0);
  }

  Socket connect(int index) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), ports.get(index));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Override
  public void close() {
    ssh.close();
  }
}
