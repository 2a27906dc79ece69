import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How long a user's login takes while somebody else keeps the bastion busy from another address, and
 * what the penalties of sources change about it. Not beside sshd: Debian's has no penalties. Prints a
 * table.
 */
final class FloodBench {
  private static final int WARM_UP = 60;
  private static final int LOGINS = 60;

  /** A flood has gone on for so long before logins count, so that penalties are in force. */
  private static final long LEAD_SECONDS = 5;

  private final Path distribution;
  private final Workplace workplace = new Workplace();
  private final Client client = new Client(workplace);

  private FloodBench(Path distribution) throws IOException, InterruptedException {
    this.distribution = distribution;
  }

  /** One line of the table. */
  private record Row(
      String title, List<Double> milliseconds, double processor, double perSecond) {
    void print() {
      List<Double> sorted = milliseconds.stream().sorted().toList();
      System.out.printf(
          Locale.ROOT,
          "%-54s %6.0f ms %6.0f ms %6.0f ms %8.0f/s %7.1f %%%n",
          title,
          sorted.get(sorted.size() / 2),
          sorted.get(sorted.size() * 95 / 100),
          sorted.getLast(),
          perSecond,
          processor * 100);
    }
  }

  public static void main(String[] words) {
    if (words.length != 2 || !words[0].equals("--distribution")) {
      System.err.println("bench: say --distribution DIR");
      System.exit(2);
    }
    try {
      new FloodBench(Path.of(words[1])).run();
    } catch (IOException | InterruptedException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (Flood.Kind kind : Flood.Kind.values()) {
      for (boolean penalties : List.of(false, true)) {
        // Anew each time, so that the source has no penalty yet.
        try (Server server =
            Server.Recipe.sallyportWithOwnLimits(
                    workplace, distribution, "penalties.enabled = " + penalties)
                .start()) {
          logins(server, WARM_UP);
          rows.add(measure(kind.title() + ": before", server));
          try (Flood flood = new Flood(server, client, workplace.file("sshd-host"), kind)) {
            TimeUnit.SECONDS.sleep(LEAD_SECONDS);
            rows.add(
                measure(
                    kind.title() + (penalties ? ": penalties" : ": no penalties"), server, flood));
          }
        }
      }
    }
    System.out.printf(
        "%-54s %9s %9s %9s %10s %9s%n",
        "a user's login", "p50", "p95", "longest", "flood", "bastion");
    rows.forEach(Row::print);
  }

  private Row measure(String title, Server server, Flood... floods)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long attempts = attempts(floods);
    double processor = server.cpuSeconds();
    List<Double> milliseconds = logins(server, LOGINS);
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Row(
        title,
        milliseconds,
        (server.cpuSeconds() - processor) / seconds,
        (attempts(floods) - attempts) / seconds);
  }

  private static long attempts(Flood... floods) {
    return List.of(floods).stream().mapToLong(Flood::attempts).sum();
  }

  /** One after another; each opens a forward that the target closes. */
  private List<Double> logins(Server server, int count) throws IOException, InterruptedException {
    List<Double> milliseconds = new ArrayList<>();
    try (Target target = new Target()) {
      target.closeEach();
      for (int i = 0; i < count; i++) {
        long begin = System.nanoTime();
        Client.awaitSuccess(client.start(client.ssh(server, "-W", target.address())), server);
        milliseconds.add((System.nanoTime() - begin) / 1e6);
      }
    }
    return milliseconds;
  }
}
