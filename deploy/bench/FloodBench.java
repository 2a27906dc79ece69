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
  private static final int WARM_UP = 100;
  private static final int LOGINS = 100;

  /** A flood has gone on for so long before logins count, so that penalties are in force. */
  private static final long LEAD_SECONDS = 5;

  private final Path distribution;
  private final Workplace workplace = new Workplace();
  private final Client client = new Client(workplace);

  private FloodBench(Path distribution) throws IOException, InterruptedException {
    this.distribution = distribution;
  }

  /** One line of the table. */
  private record Row(String title, List<Double> milliseconds, double perSecond, long turnedAway) {
    void print() {
      List<Double> sorted = milliseconds.stream().sorted().toList();
      System.out.printf(
          Locale.ROOT,
          "%-52s %7.0f ms %7.0f ms %7.0f ms %10.0f/s %9d%n",
          title,
          sorted.get(sorted.size() / 2),
          sorted.get(sorted.size() * 95 / 100),
          sorted.getLast(),
          perSecond,
          turnedAway);
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
    for (boolean penalties : List.of(false, true)) {
      String with = penalties ? ", penalties" : ", no penalties";
      String more = "penalties.enabled = " + penalties;
      try (Server server =
          Server.Recipe.sallyportWithOwnLimits(workplace, distribution, more).start()) {
        logins(server, WARM_UP);
        rows.add(new Row("nobody else" + with, logins(server, LOGINS), 0, 0));
        rows.add(during("500 connections a second that say hello" + with, server, Flood.Kind.HELLO));
      }
      // Anew, so that the source has no penalty yet.
      try (Server server =
          Server.Recipe.sallyportWithOwnLimits(workplace, distribution, more).start()) {
        logins(server, WARM_UP);
        rows.add(during("4 ssh that fail to log in all the time" + with, server, Flood.Kind.SSH));
      }
    }
    System.out.printf(
        "%-52s %10s %10s %10s %12s %9s%n",
        "a user's login while there is", "p50", "p95", "longest", "flood", "away");
    rows.forEach(Row::print);
  }

  private Row during(String title, Server server, Flood.Kind kind)
      throws IOException, InterruptedException {
    try (Flood flood = new Flood(server, client, workplace.file("sshd-host"), kind)) {
      TimeUnit.SECONDS.sleep(LEAD_SECONDS);
      long begin = System.nanoTime();
      long before = flood.attempts();
      List<Double> milliseconds = logins(server, LOGINS);
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Row(
          title, milliseconds, (flood.attempts() - before) / seconds, flood.turnedAway());
    }
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
