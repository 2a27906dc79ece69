import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What it costs to record whole sessions: beside what is not recorded, and beside sshd. */
final class Sessions {
  private final Options options;
  private final Report report;
  private final Client client;

  Sessions(Options options, Report report, Client client) {
    this.options = options;
    this.report = report;
    this.client = client;
  }

  /**
   * Measures transfers and keystrokes.
   *
   * @param ours Sallyport
   * @param hop sshd in its place
   * @param instance the private server behind both
   */
  void run(Server ours, Server hop, Server instance) throws IOException, InterruptedException {
    Map<Route.Way, Route> routes = new EnumMap<>(Route.Way.class);
    for (Route.Way way : Route.Way.values()) {
      Server bastion = way == Route.Way.TWO_HOPS ? hop : ours;
      routes.put(way, new Route(way, bastion, instance, client));
    }
    for (Transfer.Direction direction : Transfer.Direction.values()) {
      transfers(routes, direction);
    }
    keystrokes(routes);
  }

  // ---- transfers ----

  private void transfers(Map<Route.Way, Route> routes, Transfer.Direction direction)
      throws IOException, InterruptedException {
    Bench.say("recorded sessions: %s", direction.name().toLowerCase(Locale.ROOT));
    SessionTransfer transfer = new SessionTransfer((long) options.mebibytes() << 20);
    List<Route> measured =
        List.of(
            routes.get(Route.Way.PLAIN_FORWARD),
            routes.get(Route.Way.INSPECTED_FORWARD),
            routes.get(Route.Way.GATEWAY),
            routes.get(Route.Way.TWO_HOPS));
    for (Route route : measured) {
      for (int i = 0; i < warmUps(route.way()); i++) {
        transfer.run(route, direction);
      }
    }
    Map<Route.Way, List<Transfer.Sample>> samples = new EnumMap<>(Route.Way.class);
    for (int i = 0; i < options.runs(); i++) {
      for (Route route : measured) {
        samples
            .computeIfAbsent(route.way(), way -> new ArrayList<>())
            .add(transfer.run(route, direction));
      }
    }
    add(samples, direction, Route.Way.INSPECTED_FORWARD, Report.Beside.PLAIN_FORWARD);
    add(samples, direction, Route.Way.INSPECTED_FORWARD, Report.Beside.TWO_HOPS);
    add(samples, direction, Route.Way.GATEWAY, Report.Beside.TWO_HOPS);
  }

  /** Inspection is code that nothing else has warmed up. */
  private int warmUps(Route.Way way) {
    return way == Route.Way.INSPECTED_FORWARD ? options.warmUpTransfers() : 1;
  }

  private void add(
      Map<Route.Way, List<Transfer.Sample>> samples,
      Transfer.Direction direction,
      Route.Way way,
      Report.Beside beside) {
    Route.Way other = other(beside);
    boolean promised =
        beside == Report.Beside.PLAIN_FORWARD && direction == Transfer.Direction.DOWNLOAD;
    String what = direction.name().toLowerCase(Locale.ROOT);
    String id = name(way) + "." + what + ".beside-" + name(other);
    String title = title(way) + " " + what;
    report.add(
        "throughput." + id,
        title,
        "MiB/s",
        beside,
        promised ? Optional.of(Report.Goal.atLeast(0.5)) : Optional.empty(),
        figures(samples.get(way), Transfer.Sample::mebibytesPerSecond),
        figures(samples.get(other), Transfer.Sample::mebibytesPerSecond));
    report.add(
        "cpu." + id,
        title,
        "CPU-s/GiB",
        beside,
        Optional.empty(),
        figures(samples.get(way), Transfer.Sample::cpuSecondsPerGibibyte),
        figures(samples.get(other), Transfer.Sample::cpuSecondsPerGibibyte));
  }

  // ---- keystrokes ----

  private void keystrokes(Map<Route.Way, Route> routes) throws IOException, InterruptedException {
    Bench.say("keystrokes");
    Keystrokes keystrokes = new Keystrokes(options.keystrokes());
    List<Route.Way> measured = List.of(Route.Way.values());
    for (Route.Way way : measured) {
      keystrokes.run(routes.get(way));
    }
    Map<Route.Way, List<RoundTrips.Sample>> samples = new EnumMap<>(Route.Way.class);
    for (int i = 0; i < options.runs(); i++) {
      for (Route.Way way : measured) {
        samples
            .computeIfAbsent(way, none -> new ArrayList<>())
            .add(keystrokes.run(routes.get(way)));
      }
    }
    addKeystroke(samples, Route.Way.GATEWAY, Report.Beside.TWO_HOPS);
    addKeystroke(samples, Route.Way.INSPECTED_FORWARD, Report.Beside.TWO_HOPS);
    // What of it is the second ssh that -J starts at the user's.
    addKeystroke(samples, Route.Way.INSPECTED_FORWARD, Report.Beside.PLAIN_FORWARD);
  }

  private void addKeystroke(
      Map<Route.Way, List<RoundTrips.Sample>> samples, Route.Way way, Report.Beside beside) {
    Route.Way other = other(beside);
    Optional<Report.Goal> goal =
        beside == Report.Beside.TWO_HOPS ? Optional.of(Report.Goal.atMost(1.3)) : Optional.empty();
    String id = name(way) + ".beside-" + name(other);
    report.add(
        "keystroke.p50." + id,
        "keystroke, " + title(way) + ", p50",
        "µs",
        beside,
        goal,
        figures(samples.get(way), RoundTrips.Sample::p50),
        figures(samples.get(other), RoundTrips.Sample::p50));
    report.add(
        "keystroke.p99." + id,
        "keystroke, " + title(way) + ", p99",
        "µs",
        beside,
        Optional.empty(),
        figures(samples.get(way), RoundTrips.Sample::p99),
        figures(samples.get(other), RoundTrips.Sample::p99));
  }

  // ---- memory ----

  /** Many terminal sessions at once, each recorded, and each a connection of its own. */
  void memory(Server.Recipe sallyport, Server.Recipe hop, Server instance)
      throws IOException, InterruptedException {
    LiveSessions sessions = new LiveSessions(client, instance, options.sessions());
    Map<Route.Way, List<Double>> samples = new EnumMap<>(Route.Way.class);
    for (int i = 0; i < options.memoryRuns(); i++) {
      Bench.say("%d recorded sessions", options.sessions());
      for (Route.Way way :
          List.of(Route.Way.GATEWAY, Route.Way.INSPECTED_FORWARD, Route.Way.TWO_HOPS)) {
        Server.Recipe recipe = way == Route.Way.TWO_HOPS ? hop : sallyport;
        samples.computeIfAbsent(way, none -> new ArrayList<>()).add(sessions.run(way, recipe));
      }
    }
    for (Route.Way way : List.of(Route.Way.GATEWAY, Route.Way.INSPECTED_FORWARD)) {
      report.add(
          "memory.session." + name(way),
          "memory per session (of %d), %s".formatted(options.sessions(), title(way)),
          "KiB PSS",
          Report.Beside.TWO_HOPS,
          Optional.empty(),
          samples.get(way),
          samples.get(Route.Way.TWO_HOPS));
    }
  }

  private static Route.Way other(Report.Beside beside) {
    return beside == Report.Beside.PLAIN_FORWARD ? Route.Way.PLAIN_FORWARD : Route.Way.TWO_HOPS;
  }

  private static String name(Route.Way way) {
    return switch (way) {
      case PLAIN_FORWARD -> "plain";
      case INSPECTED_FORWARD -> "inspected";
      case GATEWAY -> "gateway";
      case TWO_HOPS -> "two-hops";
    };
  }

  private static String title(Route.Way way) {
    return name(way) + " " + way.typed().substring("ssh ".length());
  }

  private static <T> List<Double> figures(List<T> samples, ToDoubleFunction<T> figure) {
    return samples.stream().map(figure::applyAsDouble).toList();
  }
}
