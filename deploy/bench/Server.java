import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A running SSH server on a loopback port of its own. */
final class Server implements AutoCloseable {
  /** Where targets are that Sallyport lets its users through to. */
  static final String PLAIN_ADDRESS = "127.0.0.1";

  /** Where the same targets are when Sallyport records sessions on them. */
  static final String RECORDED_ADDRESS = "127.0.0.2";

  private static final List<String> ONE_USER = List.of(Workplace.USER);

  /**
   * Users that log in in turn where there are thousands of connections: each of them may hold a
   * quarter of the free memory.
   */
  static final List<String> MANY_USERS = IntStream.range(0, 20).mapToObj(i -> "user-" + i).toList();

  private static final AtomicInteger LOGINS = new AtomicInteger();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How a server is started, again and again, on the same port. */
  record Recipe(
      String name,
      int port,
      List<String> command,
      Path log,
      Workplace workplace,
      Optional<String> javaOptions,
      List<String> users) {
    /** OpenSSH's sshd as Debian builds it, without PAM and with a single host key: the leanest. */
    static Recipe sshd(Workplace workplace) throws IOException {
      return sshd("sshd", workplace, List.of());
    }

    /**
     * The same with a shell for the user, for sessions: a bastion on which one types ssh, or an
     * instance behind a bastion. Accounts and the records of logins are its own, so that the
     * machine's stay as they are.
     */
    static Recipe sshdWithShell(String name, Workplace workplace) throws IOException {
      return sshd(
          name,
          workplace,
          List.of(
              "unshare",
              "--mount",
              "--propagation",
              "private",
              "sh",
              "-ec",
              "mount --bind \"$0\" /etc/passwd; mount -t tmpfs tmpfs /var/log; exec \"$@\"",
              workplace.accounts().toString()));
    }

    private static Recipe sshd(String name, Workplace workplace, List<String> around)
        throws IOException {
      int port = freePort();
      Path config = workplace.file(name + "_config");
      Files.writeString(
          config,
          """
          Port %d
          ListenAddress %s
          ListenAddress %s
          HostKey %s
          AuthorizedKeysFile %s
          StrictModes no
          PidFile none
          UsePAM no
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          MaxStartups 1000
          """
              .formatted(
                  port,
                  PLAIN_ADDRESS,
                  RECORDED_ADDRESS,
                  workplace.file("sshd-host"),
                  workplace.authorizedKeys("%u")));
      Path log = workplace.file(name + ".log");
      List<String> command = new ArrayList<>(around);
      command.addAll(
          List.of("/usr/sbin/sshd", "-D", "-f", config.toString(), "-E", log.toString()));
      return new Recipe(name, port, command, log, workplace, Optional.empty(), ONE_USER);
    }

    /**
     * Sallyport as it is installed, with limits that thousands of connections of few users need.
     */
    static Recipe sallyport(Workplace workplace, Path distribution) throws IOException {
      return sallyport(
          workplace,
          distribution,
          MANY_USERS,
          """
          limits {
              unauthenticated-start = 1000
              unauthenticated-full = 1000
              unauthenticated-per-source = 1000
              connections-per-user = 100000
            }
            # Gigabytes of one user's output: the relay is measured here, and not the disk.
            recording { guarantee = best-effort, user-max = "1000 GiB" }
          """);
    }

    /**
     * The same with the limits that it has by default.
     *
     * @param more a line of its configuration
     */
    static Recipe sallyportWithOwnLimits(Workplace workplace, Path distribution, String more)
        throws IOException {
      return sallyport(workplace, distribution, ONE_USER, more);
    }

    private static Recipe sallyport(
        Workplace workplace, Path distribution, List<String> users, String more)
        throws IOException {
      String quoted = users.stream().collect(Collectors.joining("\", \"", "\"", "\""));
      return sallyport(
          workplace,
          distribution,
          Optional.empty(),
          users,
          """
            credentials.instance { type = key, file = "%s" }
            rules = [
              {
                name = recorded, users = [%s], to = ["%s:1-65535"]
                record = session, logins = ["%s"], credential = instance
              }
              { name = bench, users = [%s], to = ["127.0.0.0/8:1-65535"] }
            ]
            %s
          """
              .formatted(
                  workplace.file("client"),
                  quoted,
                  RECORDED_ADDRESS,
                  Workplace.USER,
                  quoted,
                  more));
    }

    /**
     * Sallyport on a port of its own, which may reach all of loopback.
     *
     * @param javaOptions for the launcher's SALLYPORT_JAVA_OPTS
     * @param rules the rest of its configuration
     */
    static Recipe sallyport(
        Workplace workplace, Path distribution, Optional<String> javaOptions, String rules)
        throws IOException {
      return sallyport(workplace, distribution, javaOptions, ONE_USER, rules);
    }

    private static Recipe sallyport(
        Workplace workplace,
        Path distribution,
        Optional<String> javaOptions,
        List<String> users,
        String rules)
        throws IOException {
      int port = freePort();
      Path config = workplace.file("sallyport.conf");
      Files.writeString(
          config,
          """
          sallyport {
            listen = ["%s:%d"]
            state-dir = "%s"
            private-networks = ["127.0.0.0/8"]
            unsafe-networks = ["127.0.0.0/8"]
            auth.plugins = [ { type = authorized-keys, files = ["%s"] } ]
          %s
          }
          """
              .formatted(
                  PLAIN_ADDRESS,
                  port,
                  workplace.file("state"),
                  workplace.authorizedKeys("%u"),
                  rules));
      return new Recipe(
          "sallyport",
          port,
          List.of(
              distribution.resolve("bin/sallyport").toString(),
              "serve",
              "--config",
              config.toString()),
          workplace.file("sallyport.log"),
          workplace,
          javaOptions,
          users);
    }

    /** Starts it; returns when it takes connections. */
    Server start() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().remove("SALLYPORT_JAVA_OPTS");
      javaOptions.ifPresent(options -> builder.environment().put("SALLYPORT_JAVA_OPTS", options));
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

  /** As whom to log in next. */
  String nextUser() {
    List<String> users = recipe.users();
    return users.get(Math.floorMod(LOGINS.getAndIncrement(), users.size()));
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
