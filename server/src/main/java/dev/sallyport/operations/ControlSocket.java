package dev.sallyport.operations;

import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.support.files.PrivateFiles;
import dev.sallyport.transport.Accepting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where {@code sallyport reload} and {@code login explain} find the server that runs: a Unix socket
 * in a folder that only the server's user may enter, so nobody else can ask for anything.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

  /** Longest path that an answer repeats, in characters. */
  private static final int SHOWN = 1000;

  /** Asks for a reload; the file that is meant may follow, after a space. */
  static final String RELOAD = "reload";

  /** Asks what keeps a login out; the source follows, and the user as a form encodes it. */
  static final String ADMITS = "admits";

  private static final Pattern ADMITS_REQUEST = Pattern.compile(ADMITS + " (\\S+) (\\S*)");

  private final Path path;
  private final ServerSocketChannel server;
  private final Path file;
  private final Reloads reloads;
  private final Admissions admissions;

  private ControlSocket(
      Path path, ServerSocketChannel server, Path file, Reloads reloads, Admissions admissions) {
    this.path = path;
    this.server = server;
    this.file = file.toAbsolutePath();
    this.reloads = reloads;
    this.admissions = admissions;
  }

  static Path path(Path stateDir) {
    return stateDir.resolve("control").resolve("socket");
  }

  /**
   * Listens. The caller has locked the audit log of the state directory, so a socket that exists is
   * left from a previous run.
   *
   * @param file the server's configuration
   * @throws IOException when the socket cannot be created; its path may have 107 bytes at most
   *     (unix(7))
   */
  public static ControlSocket open(Path stateDir, Path file, Reloads reloads, Admissions admissions)
      throws IOException {
    Path path = path(stateDir);
    Path folder = stateDir.resolve("control");
    Files.createDirectories(folder, PrivateFiles.FOLDER);
    Files.setPosixFilePermissions(folder, PrivateFiles.FOLDER.value());
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      server.close();
      throw new IOException(path + " cannot be listened on: " + e.getMessage(), e);
    }
    ControlSocket control = new ControlSocket(path, server, file, reloads, admissions);
    Thread.ofVirtual()
        .name("control")
        .start(
            new Accepting(
                    "requests of sallyport reload",
                    server::accept,
                    client ->
                        Thread.ofVirtual()
                            .name("control-request")
                            .start(() -> control.serve(client)))
                ::run);
    return control;
  }

  private void serve(SocketChannel client) {
    try (client) {
      String request = ControlText.readLine(Channels.newInputStream(client));
      String answer = answerTo(request);
      Channels.newOutputStream(client).write(answer.getBytes(StandardCharsets.UTF_8));
    } catch (CompletionException bug) {
      LOG.error("a reload failed inside the bastion", bug);
    } catch (IOException e) {
      LOG.debug("the client that asked for a reload disconnected", e);
    }
  }

  private String answerTo(String request) {
    Matcher admits = ADMITS_REQUEST.matcher(request);
    if (admits.matches()) {
      Optional<InetAddress> source = IpText.parse(admits.group(1));
      String user = URLDecoder.decode(admits.group(2), StandardCharsets.UTF_8);
      return source
          .map(from -> ControlText.ofRefusals(admissions.refusals(from, user)))
          .orElseGet(() -> ControlText.of(new ReloadAnswer.Failed("the source is not an address")));
    }
    return ControlText.of(answer(request));
  }

  private ReloadAnswer answer(String request) {
    if (!request.equals(RELOAD) && !request.startsWith(RELOAD + " ")) {
      return new ReloadAnswer.Failed("this server knows no such request");
    }
    // An operator who has edited another file would take the answer for one about that file.
    return request.equals(RELOAD) || isOurs(request.substring(RELOAD.length() + 1))
        ? reloads.request().join()
        : new ReloadAnswer.OtherFile(SafeText.escape(file.toString(), SHOWN));
  }

  private boolean isOurs(String meant) {
    try {
      return Files.isSameFile(file, Path.of(meant));
    } catch (IOException | InvalidPathException notToBeFound) {
      return false;
    }
  }

  /** Stops listening. */
  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("the control socket stays until the next start", e);
    }
  }
}
