package dev.sallyport.operations;

import dev.sallyport.model.IpText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Sends requests to the server that runs on a state directory. */
public final class ControlClient {
  private ControlClient() {}

  /**
   * Requests a reload, and waits for the answer.
   *
   * @param meant the expected file: if it is not the server's, nothing is read
   * @throws IOException when no server answers; the message names the socket
   */
  public static ReloadAnswer reload(Path stateDir, Optional<Path> meant) throws IOException {
    Path path = ControlSocket.path(stateDir);
    try (SocketChannel server = connect(path)) {
      String request =
          ControlSocket.RELOAD + meant.map(file -> " " + file.toAbsolutePath()).orElse("");
      Channels.newOutputStream(server).write((request + "\n").getBytes(StandardCharsets.UTF_8));
      return ControlText.parse(ControlText.readAll(Channels.newInputStream(server)));
    }
  }

  /**
   * Why the server would refuse a login now, whatever key it has; empty when it would not.
   *
   * @throws IOException when no server answers; the message says where it was looked for
   */
  public static List<String> refusals(Path stateDir, InetAddress source, String user)
      throws IOException {
    try (SocketChannel server = connect(ControlSocket.path(stateDir))) {
      String request =
          String.join(
              " ",
              ControlSocket.ADMITS,
              IpText.format(source),
              URLEncoder.encode(user, StandardCharsets.UTF_8));
      Channels.newOutputStream(server).write((request + "\n").getBytes(StandardCharsets.UTF_8));
      return ControlText.parseRefusals(ControlText.readAll(Channels.newInputStream(server)));
    }
  }

  private static SocketChannel connect(Path path) throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      throw new IOException(
          "no server answers at %s (%s): it runs with another state-dir, or as another user, or not at all"
              .formatted(path, e.getMessage()),
          e);
    }
  }
}
