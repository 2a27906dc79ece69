import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/** What connections cost that do nothing. Each is an {@code ssh -N} process of its own. */
final class IdleConnections {
  /** Logins before the first figure, so that what a server loads once does not count for each. */
  private static final int WARM_UP = 50;

  private static final int SETTLE_SECONDS = 15;

  private final Client client;
  private final Logins logins;
  private final int connections;

  /**
   * @param connections at the same time
   */
  IdleConnections(Client client, int connections) {
    this.client = client;
    this.logins = new Logins(client);
    this.connections = connections;
  }

  /**
   * Proportional set sizes.
   *
   * @param before KiB of the server without connections
   * @param perConnection KiB more for each connection
   */
  record Sample(double before, double perConnection) {}

  /** Starts a server of its own, because an old one has memory to give away. */
  Sample run(Server.Recipe recipe) throws IOException, InterruptedException {
    try (Server server = recipe.start()) {
      logins.run(server, WARM_UP);
      long before = server.pssKibibytes();
      List<Process> clients = Logins.inParallel(connections, () -> connect(server));
      long after = settled(server);
      for (Process ssh : clients) {
        if (!ssh.isAlive()) {
          throw Client.failure(ssh, server, "an idle connection did not last");
        }
      }
      clients.forEach(Process::destroy);
      for (Process ssh : clients) {
        ssh.waitFor();
      }
      server.awaitNoChildren();
      return new Sample(before, (double) (after - before) / connections);
    }
  }

  /** Returns when the server has let the user in. */
  private Process connect(Server server) throws IOException {
    Process ssh = client.start(client.ssh(server, "-N", "-o", "LogLevel=VERBOSE"));
    // Not closed: the pipe has to last as long as ssh.
    BufferedReader said = ssh.errorReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("Authenticated to ")) {
        return ssh;
      }
    }
    throw Client.failure(ssh, server, "an idle connection was refused");
  }

  /** The memory once it has stopped to change by more than one percent in a second. */
  static long settled(Server server) throws IOException, InterruptedException {
    long last = server.pssKibibytes();
    for (int i = 0; i < SETTLE_SECONDS; i++) {
      Thread.sleep(1000);
      long now = server.pssKibibytes();
      if (Math.abs(now - last) * 100 < now) {
        return now;
      }
      last = now;
    }
    return last;
  }
}
