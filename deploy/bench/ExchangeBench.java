import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What key exchanges without end do to another user, beside sshd: how long one byte takes through
 * the user's open forward, and a login. The limits are the default ones. Prints a table.
 */
final class ExchangeBench {
  /** Logs in on both servers, and wants no good. An account that every Debian has. */
  private static final String HOSTILE = "games";

  private static final int WARM_UP_LOGINS = 40;
  private static final int LOGINS = 20;
  private static final int WARM_UP_TRIPS = 2000;
  private static final int TRIPS = 800;

  /** A flood has gone on for so long before anything counts. */
  private static final long LEAD_SECONDS = 3;

  private static final String RULE =
      """
      rules += {
        name = hostile, users = ["%s"], to = ["127.0.0.2:1-65535"]
        record = session, logins = ["%s"], credential = instance
      }
      """
          .formatted(HOSTILE, HOSTILE);

  /** The exchange that is not offered by default. */
  private static final String WITH_GROUP16 =
      "algorithms.key-exchanges = [curve25519-sha256, diffie-hellman-group16-sha512]\n";

  private final Path distribution;
  private final Workplace workplace = new Workplace();
  private final Client client = new Client(workplace);

  private ExchangeBench(Path distribution) throws IOException, InterruptedException {
    this.distribution = distribution;
    Files.copy(workplace.authorizedKeys(Workplace.USER), workplace.authorizedKeys(HOSTILE));
  }

  /** Somebody who floods, until closed. */
  private interface Flood extends AutoCloseable {
    long answered();

    @Override
    void close() throws IOException;
  }

  /** What floods. */
  private enum Kind {
    PENDING("100 pending exchanges, each from another address"),
    REKEYS("10 connections of a user that ask for new keys"),
    TARGET("10 sessions on a target that asks for new keys");

    private final String title;

    Kind(String title) {
      this.title = title;
    }
  }

  public static void main(String[] words) {
    if (words.length != 2 || !words[0].equals("--distribution")) {
      System.err.println("bench: say --distribution DIR");
      System.exit(2);
    }
    try {
      new ExchangeBench(Path.of(words[1])).run();
    } catch (IOException | InterruptedException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    System.out.printf(
        "%-62s %9s %9s %9s %9s %9s %8s%n",
        "milliseconds", "trip p50", "p95", "longest", "login p50", "p95", "flood/s");
    Server.Recipe sallyport = Server.Recipe.sallyportWithOwnLimits(workplace, distribution, RULE);
    measure(Server.Recipe.sshd(workplace), "sshd", List.of(Kind.PENDING, Kind.REKEYS));
    measure(sallyport, "sallyport", List.of(Kind.values()));
    measure(
        Server.Recipe.sallyportWithOwnLimits(workplace, distribution, RULE + WITH_GROUP16),
        "sallyport with group16",
        List.of(Kind.PENDING, Kind.REKEYS));
  }

  private void measure(Server.Recipe recipe, String name, List<Kind> kinds)
      throws IOException, InterruptedException {
    try (Server server = recipe.start();
        Bystander bystander = new Bystander(server, client)) {
      logins(server, WARM_UP_LOGINS);
      bystander.roundTrips(WARM_UP_TRIPS);
      print(name + ", quiet", server, bystander, 0, null);
      for (Kind kind : kinds) {
        try (Flood flood = flood(kind, server)) {
          TimeUnit.SECONDS.sleep(LEAD_SECONDS);
          print(name + ", " + kind.title, server, bystander, flood.answered(), flood);
        }
      }
    }
  }

  private void print(String title, Server server, Bystander bystander, long answered, Flood flood)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    List<Double> trips = sorted(bystander.roundTrips(TRIPS));
    List<Double> logins = sorted(logins(server, LOGINS));
    double perSecond =
        flood == null ? 0 : (flood.answered() - answered) * 1e9 / (System.nanoTime() - begin);
    System.out.printf(
        Locale.ROOT,
        "%-62s %9.2f %9.2f %9.2f %9.0f %9.0f %8.0f%n",
        title,
        trips.get(trips.size() / 2),
        trips.get(trips.size() * 95 / 100),
        trips.getLast(),
        logins.get(logins.size() / 2),
        logins.get(logins.size() * 95 / 100),
        perSecond);
  }

  private static List<Double> sorted(List<Double> milliseconds) {
    return milliseconds.stream().sorted().toList();
  }

  private Flood flood(Kind kind, Server server) throws IOException {
    return switch (kind) {
      case PENDING -> {
        PendingExchanges pending = new PendingExchanges(server, 100);
        yield flood(pending::answered, pending::close);
      }
      case REKEYS -> {
        EndlessRekeys rekeys = new EndlessRekeys(server, client, HOSTILE, 10);
        yield flood(rekeys::answered, rekeys::close);
      }
      case TARGET -> {
        RekeyingTarget target = new RekeyingTarget(workplace);
        target.open(server, client, HOSTILE, 10);
        yield flood(target::answered, target::close);
      }
    };
  }

  /** Ends a flood. */
  private interface Ending {
    void close() throws IOException;
  }

  private static Flood flood(java.util.function.LongSupplier answered, Ending ending) {
    return new Flood() {
      @Override
      public long answered() {
        return answered.getAsLong();
      }

      @Override
      public void close() throws IOException {
        ending.close();
      }
    };
  }

  /** One after another; each opens a forward that the target closes. */
  private List<Double> logins(Server server, int count) throws IOException, InterruptedException {
    List<Double> milliseconds = new ArrayList<>();
    try (Target target = new Target()) {
      target.closeEach();
      for (int i = 0; i < count; i++) {
        long begin = System.nanoTime();
        int attempts = 0;
        while (!login(server, target)) {
          if (++attempts == 50) {
            throw new IOException("nobody can log in any more");
          }
        }
        milliseconds.add((System.nanoTime() - begin) / 1e6);
      }
    }
    return milliseconds;
  }

  /** False when the server turned the client away at random, as MaxStartups has it. */
  private boolean login(Server server, Target target) throws IOException, InterruptedException {
    Process ssh =
        client.start(
            client
                .ssh(server, "-W", target.address())
                .redirectError(ProcessBuilder.Redirect.DISCARD));
    return ssh.waitFor() == 0;
  }
}
