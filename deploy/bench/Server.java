import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A running SSH server on a loopback port of its own. */
final class Server implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How a server is started, again and again, on the same port. */
  record Recipe(String name, int port, List<String> command, Path log, Workplace workplace) {
    /** OpenSSH's sshd as Debian builds it, without PAM and with a single host key: the leanest. */
    static Recipe sshd(Workplace workplace) throws IOException {
      int port = freePort();
      Path config = workplace.file("sshd_config");
      Files.writeString(
          config,
          """
          ListenAddress 127.0.0.1:%d
          HostKey %s
          AuthorizedKeysFile %s
          StrictModes no
          PidFile none
          UsePAM no
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          MaxStartups 1000
          """
              .formatted(port, workplace.file("sshd-host"), workplace.authorizedKeys("%u")));
      Path log = workplace.file("sshd.log");
      return new Recipe(
          "sshd",
          port,
          List.of("/usr/sbin/sshd", "-D", "-f", config.toString(), "-E", log.toString()),
          log,
          workplace);
    }

    /** Sallyport as it is installed, with limits that thousands of connections of one user need. */
    static Recipe sallyport(Workplace workplace, Path distribution) throws IOException {
      int port = freePort();
      Path config = workplace.file("sallyport.conf");
      Files.writeString(
          config,
          """
          sallyport {
            listen = ["127.0.0.1:%d"]
            state-dir = "%s"
            private-networks = ["127.0.0.0/8"]
            unsafe-networks = ["127.0.0.0/8"]
            auth.plugins = [ { type = authorized-keys, files = ["%s"] } ]
            rules = [ { name = bench, users = ["%s"], to = ["127.0.0.0/8:1-65535"] } ]
            limits {
              unauthenticated-start = 1000
              unauthenticated-full = 1000
              unauthenticated-per-source = 1000
              connections-per-user = 100000
            }
          }
          """
              .formatted(
                  port, workplace.file("state"), workplace.authorizedKeys("%u"), Workplace.USER));
      return new Recipe(
          "sallyport",
          port,
          List.of(
              distribution.resolve("bin/sallyport").toString(),
              "serve",
              "--config",
              config.toString()),
          workplace.file("sallyport.log"),
          workplace);
    }

    /** Starts it; returns when it takes connections. */
    Server start() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().remove("SALLYPORT_JAVA_OPTS");
      long start = System.nanoTime();
      Process process = workplace.start(builder);
      while (!listens()) {
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        if (!process.isAlive() || waited.compareTo(PATIENCE) > 0) {
          process.destroyForcibly();
          throw new IOException(name + " did not start:\n" + Files.readString(log));
        }
        LockSupport.parkNanos(500_000);
      }
      return new Server(this, process, Duration.ofNanos(System.nanoTime() - start));
    }

    private boolean listens() {
      try (SocketChannel probe = SocketChannel.open(address())) {
        return probe.isConnected();
      } catch (IOException notYet) {
        return false;
      }
    }

    private InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }

  private final Recipe recipe;
  private final Process process;
  private final Duration timeToListening;

  private Server(Recipe recipe, Process process, Duration timeToListening) {
    this.recipe = recipe;
    this.process = process;
    this.timeToListening = timeToListening;
  }

  String name() {
    return recipe.name();
  }

  int port() {
    return recipe.port();
  }

  long pid() {
    return process.pid();
  }

  /** From just before the process was made to the first connection that it took. */
  Duration timeToListening() {
    return timeToListening;
  }

  /** Processor seconds of all its processes until now; exact when no connection is just ending. */
  double cpuSeconds() throws IOException {
    return Kernel.cpuSeconds(process.toHandle());
  }

  /** Memory of all its processes, in KiB. */
  long pssKibibytes() throws IOException {
    return Kernel.pssKibibytes(process.toHandle());
  }

  /**
   * Waits until the processes of connections that have ended are gone, so that their time counts.
   */
  void awaitNoChildren() throws IOException {
    long start = System.nanoTime();
    while (process.toHandle().children().findAny().isPresent()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException(name() + " still has a connection after all clients have gone");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The end of its log, to explain a failure. */
  String logTail() throws IOException {
    List<String> lines = Files.readAllLines(recipe.log());
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(name() + " did not stop within " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
