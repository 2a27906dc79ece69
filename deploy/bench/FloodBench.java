import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How long a user's login takes while somebody else keeps the bastion busy from another address:
 * what the penalties of sources change about it, and, without penalties, what each bad input does
 * that a stranger can bring about. Not beside sshd: Debian's has no penalties. Prints a table.
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
    Flood.Stranger unknown =
        new Flood.Stranger(workplace.file("sshd-host"), List.of(Workplace.USER));
    for (Flood.Kind kind : Flood.Kind.values()) {
      for (boolean penalties : List.of(false, true)) {
        rows.addAll(
            measure(
                kind.title() + (penalties ? ", penalties" : ""),
                "penalties.enabled = " + penalties,
                unknown,
                kind));
      }
    }
    for (BadInput bad : BadInput.values()) {
      rows.addAll(
          measure(
              bad.title(),
              "penalties.enabled = false\n" + bad.prepare(workplace),
              bad.stranger(workplace),
              Flood.Kind.SSH));
    }
    System.out.printf(
        "%-54s %9s %9s %9s %10s %9s%n",
        "a user's login", "p50", "p95", "longest", "flood", "bastion");
    rows.forEach(Row::print);
  }

  /** Before it and during it, on a server that was started anew: no source has a penalty yet. */
  private List<Row> measure(
      String title, String settings, Flood.Stranger stranger, Flood.Kind kind)
      throws IOException, InterruptedException {
    try (Server server =
        Server.Recipe.sallyportWithOwnLimits(workplace, distribution, settings).start()) {
      logins(server, WARM_UP);
      Row before = measure(title + ": before", server);
      try (Flood flood = new Flood(server, client, stranger, kind)) {
        TimeUnit.SECONDS.sleep(LEAD_SECONDS);
        return List.of(before, measure(title + ": during", server, flood));
      }
    }
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
