import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Measures Sallyport beside OpenSSH's sshd: same machine, same stock client, same keys, in turns.
 * Both share the processors with their clients, with the source and with the sink of the bytes, so
 * the ratios count, not the figures. See {@link Options} for how much is measured.
 */
final class Bench {
  /** A load under which other programs do not disturb the figures. */
  private static final double QUIET = 0.5;

  private static final List<String> CIPHERS =
      List.of("aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com");

  /** As much as people copy while they wait. */
  private static final long LONG_LINE_BYTES = 60L << 20;

  private final Options options;
  private final Report report = new Report();
  private final Workplace workplace;
  private final Client client;
  private final Server.Recipe sallyport;
  private final Server.Recipe sshd;
  private final Server.Recipe hop;
  private final Server.Recipe instance;

  private Bench(Options options) throws IOException, InterruptedException {
    this.options = options;
    this.workplace = new Workplace();
    this.client = new Client(workplace);
    this.sallyport = Server.Recipe.sallyport(workplace, options.distribution());
    this.sshd = Server.Recipe.sshd(workplace);
    this.hop = Server.Recipe.sshdWithShell("sshd-hop", workplace);
    this.instance = Server.Recipe.sshdWithShell("sshd-instance", workplace);
  }

  public static void main(String[] words) {
    if (List.of(words).contains("--help")) {
      System.out.print(Options.HELP);
      return;
    }
    try {
      Options options = Options.parse(List.of(words));
      giveUpAfter(options.minutes());
      new Bench(options).run();
    } catch (Options.UsageException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
    } catch (IOException | InterruptedException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    try {
      measure();
    } catch (IOException e) {
      throw workplace.isClosed() ? new IOException("interrupted", e) : e;
    }
    report.print(System.out);
    report.write(options.output());
    say("wrote %s", options.output());
  }

  private void measure() throws IOException, InterruptedException {
    double busy = Kernel.busySeconds();
    double own = Kernel.cpuSeconds(ProcessHandle.current());
    long start = System.nanoTime();
    double load = Kernel.load();
    if (load > QUIET) {
      say("the load is %.2f: other programs will disturb the figures", load);
    }
    starts();
    try (Server ours = sallyport.start();
        Server theirs = sshd.start()) {
      report.circumstance("Sallyport's JVM", String.join(" ", jvmOptions(ours)));
      transfers(ours, theirs);
      logins(ours, theirs);
      roundTrips(ours, theirs);
      overALongLine(ours, theirs);
      sessions(ours);
    }
    idleConnections();
    try (Server behind = instance.start()) {
      new Sessions(options, report, client).memory(sallyport, hop, behind);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double others = Kernel.busySeconds() - busy - Kernel.cpuSeconds(ProcessHandle.current()) + own;
    int processors = Runtime.getRuntime().availableProcessors();
    report.circumstance("measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    report.circumstance("took", "%.0f s".formatted(seconds));
    report.circumstance(
        "machine",
        "%d processors, shared by servers, clients, source and sink".formatted(processors));
    report.circumstance("load before", "%.2f".formatted(load));
    report.circumstance(
        "processor time of other programs meanwhile",
        "%.1f %%".formatted(Math.max(0, others / seconds / processors * 100)));
  }

  /** From the start of the process to the first connection. */
  private void starts() throws IOException {
    say("time to listening");
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    // Sallyport makes its host keys at its first start, and sshd's are there already.
    report.circumstance(
        "Sallyport's first start, which makes host keys",
        Report.number(timeToListening(sallyport)) + " ms");
    timeToListening(sshd);
    for (int i = 0; i < options.starts(); i++) {
      ours.add(timeToListening(sallyport));
      theirs.add(timeToListening(sshd));
    }
    report.add("start.listening", "from start to listening", "ms", ours, theirs);
  }

  private static double timeToListening(Server.Recipe recipe) throws IOException {
    try (Server server = recipe.start()) {
      return server.timeToListening().toNanos() / 1e6;
    }
  }

  /** Throughput and processor time of large transfers, both ways, with each cipher. */
  private void transfers(Server ours, Server theirs) throws IOException, InterruptedException {
    Transfer transfer = new Transfer(client, (long) options.mebibytes() << 20);
    double[] ceilings = transfer.ceilings();
    report.circumstance(
        "source and sink alone",
        "%s MiB/s over a socket, %s MiB/s over two pipes and cat"
            .formatted(Report.number(ceilings[0]), Report.number(ceilings[1])));
    say("transfers: cold");
    Transfer.Sample oursCold = transfer.run(ours, CIPHERS.getFirst(), Transfer.Direction.DOWNLOAD);
    Transfer.Sample theirsCold =
        transfer.run(theirs, CIPHERS.getFirst(), Transfer.Direction.DOWNLOAD);
    for (String cipher : CIPHERS) {
      for (Transfer.Direction direction : Transfer.Direction.values()) {
        transfers(transfer, cipher, direction, ours, theirs);
      }
    }
    String cold = "cold " + title(CIPHERS.getFirst(), Transfer.Direction.DOWNLOAD);
    report.add(
        "cold.throughput.aes128-gcm.download",
        cold,
        "MiB/s",
        List.of(oursCold.mebibytesPerSecond()),
        List.of(theirsCold.mebibytesPerSecond()));
    report.add(
        "cold.cpu.aes128-gcm.download",
        cold,
        "CPU-s/GiB",
        List.of(oursCold.cpuSecondsPerGibibyte()),
        List.of(theirsCold.cpuSecondsPerGibibyte()));
  }

  private void transfers(
      Transfer transfer, String cipher, Transfer.Direction direction, Server ours, Server theirs)
      throws IOException, InterruptedException {
    String title = title(cipher, direction);
    say("transfers: %s", title);
    for (int i = 0; i < options.warmUpTransfers(); i++) {
      transfer.run(ours, cipher, direction);
    }
    transfer.run(theirs, cipher, direction);
    List<Transfer.Sample> oursRuns = new ArrayList<>();
    List<Transfer.Sample> theirsRuns = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      oursRuns.add(transfer.run(ours, cipher, direction));
      theirsRuns.add(transfer.run(theirs, cipher, direction));
    }
    boolean aes = cipher.equals(CIPHERS.getFirst());
    String id =
        cipher.replace("@openssh.com", "") + "." + direction.name().toLowerCase(Locale.ROOT);
    report.add(
        "throughput." + id,
        title,
        "MiB/s",
        aes ? Optional.of(Report.Goal.atLeast(0.85)) : Optional.empty(),
        oursRuns.stream().map(Transfer.Sample::mebibytesPerSecond).toList(),
        theirsRuns.stream().map(Transfer.Sample::mebibytesPerSecond).toList());
    report.add(
        "cpu." + id,
        title,
        "CPU-s/GiB",
        aes ? Optional.of(Report.Goal.atMost(1.5)) : Optional.empty(),
        oursRuns.stream().map(Transfer.Sample::cpuSecondsPerGibibyte).toList(),
        theirsRuns.stream().map(Transfer.Sample::cpuSecondsPerGibibyte).toList());
  }

  /** What the windows of both let through when a byte takes long: plain, and recorded. */
  private void overALongLine(Server ours, Server theirs) throws IOException, InterruptedException {
    say("transfers over a line of %d ms", LongLine.ROUND_TRIP.toMillis());
    try (LongLine oursLine = new LongLine(ours);
        LongLine theirsLine = new LongLine(theirs);
        Server behind = instance.start()) {
      for (Transfer.Direction direction : Transfer.Direction.values()) {
        overALongLine(ours, oursLine, theirs, theirsLine, direction);
        recordedOverALongLine(
            new Route(Route.Way.INSPECTED_FORWARD, ours, behind, client, oursLine.port()),
            new Route(Route.Way.PLAIN_FORWARD, theirs, behind, client, theirsLine.port()),
            direction);
      }
    }
  }

  private void overALongLine(
      Server ours,
      LongLine oursLine,
      Server theirs,
      LongLine theirsLine,
      Transfer.Direction direction)
      throws IOException, InterruptedException {
    Transfer transfer = new Transfer(client, LONG_LINE_BYTES);
    List<Double> oursRuns = new ArrayList<>();
    List<Double> theirsRuns = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      oursRuns.add(
          transfer.run(ours, oursLine.port(), CIPHERS.getFirst(), direction).mebibytesPerSecond());
      theirsRuns.add(
          transfer
              .run(theirs, theirsLine.port(), CIPHERS.getFirst(), direction)
              .mebibytesPerSecond());
    }
    String what = direction.name().toLowerCase(Locale.ROOT);
    report.add("long-line." + what, "-W " + what + " over 100 ms", "MiB/s", oursRuns, theirsRuns);
  }

  private void recordedOverALongLine(Route ours, Route theirs, Transfer.Direction direction)
      throws IOException, InterruptedException {
    SessionTransfer transfer = new SessionTransfer(LONG_LINE_BYTES);
    List<Double> oursRuns = new ArrayList<>();
    List<Double> theirsRuns = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      oursRuns.add(transfer.run(ours, direction).mebibytesPerSecond());
      theirsRuns.add(transfer.run(theirs, direction).mebibytesPerSecond());
    }
    String what = direction.name().toLowerCase(Locale.ROOT);
    report.add(
        "long-line.recorded." + what,
        "inspected -J " + what + " over 100 ms, sshd's -J",
        "MiB/s",
        oursRuns,
        theirsRuns);
  }

  private static String title(String cipher, Transfer.Direction direction) {
    return "-W "
        + direction.name().toLowerCase(Locale.ROOT)
        + " "
        + cipher.replace("@openssh.com", "");
  }

  /** Processor time of a connection that logs in, opens one forward, and goes. */
  private void logins(Server ours, Server theirs) throws IOException, InterruptedException {
    say("logins");
    Logins logins = new Logins(client);
    logins.run(ours, options.warmUpLogins());
    logins.run(theirs, Logins.AT_ONCE);
    List<Double> oursRuns = new ArrayList<>();
    List<Double> theirsRuns = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      oursRuns.add(logins.run(ours, options.logins()));
      theirsRuns.add(logins.run(theirs, options.logins()));
    }
    report.add(
        "cpu.connection",
        "one connection",
        "CPU-ms",
        Optional.of(Report.Goal.atMost(0.6)),
        oursRuns,
        theirsRuns);
  }

  /** The round trip of one byte: what the user feels, and what of it the bastion adds. */
  private void roundTrips(Server ours, Server theirs) throws IOException, InterruptedException {
    say("round trips");
    RoundTrips roundTrips = new RoundTrips(client, options.roundTrips());
    List<RoundTrips.Sample> direct = new ArrayList<>();
    List<RoundTrips.Sample> oursRuns = new ArrayList<>();
    List<RoundTrips.Sample> theirsRuns = new ArrayList<>();
    roundTrips.run(ours);
    for (int i = 0; i < options.runs(); i++) {
      direct.add(roundTrips.direct());
      oursRuns.add(roundTrips.run(ours));
      theirsRuns.add(roundTrips.run(theirs));
    }
    double wire = Report.median(direct.stream().map(RoundTrips.Sample::p50).toList());
    report.circumstance(
        "round trip without a bastion, taken off what is added", Report.number(wire) + " µs");
    report.add(
        "round-trip.p50",
        "-L round trip, p50",
        "µs",
        Optional.of(Report.Goal.atMost(1.3)),
        oursRuns.stream().map(RoundTrips.Sample::p50).toList(),
        theirsRuns.stream().map(RoundTrips.Sample::p50).toList());
    report.add(
        "round-trip.p99",
        "-L round trip, p99",
        "µs",
        oursRuns.stream().map(RoundTrips.Sample::p99).toList(),
        theirsRuns.stream().map(RoundTrips.Sample::p99).toList());
    report.add(
        "round-trip.added.p50",
        "-L round trip added, p50",
        "µs",
        oursRuns.stream().map(sample -> sample.p50() - wire).toList(),
        theirsRuns.stream().map(sample -> sample.p50() - wire).toList());
    report.add(
        "round-trip.added.p99",
        "-L round trip added, p99",
        "µs",
        oursRuns.stream().map(sample -> sample.p99() - wire).toList(),
        theirsRuns.stream().map(sample -> sample.p99() - wire).toList());
  }

  /** Recorded sessions on an instance of their own, beside sshd as a bastion to type ssh on. */
  private void sessions(Server ours) throws IOException, InterruptedException {
    try (Server theirs = hop.start();
        Server behind = instance.start()) {
      new Sessions(options, report, client).run(ours, theirs, behind);
    }
  }

  /** Memory of connections that do nothing. */
  private void idleConnections() throws IOException, InterruptedException {
    IdleConnections idle = new IdleConnections(client, options.connections());
    List<IdleConnections.Sample> ours = new ArrayList<>();
    List<IdleConnections.Sample> theirs = new ArrayList<>();
    for (int i = 0; i < options.memoryRuns(); i++) {
      say("%d idle connections", options.connections());
      ours.add(idle.run(sallyport));
      theirs.add(idle.run(sshd));
    }
    report.add(
        "memory.connection",
        "memory per idle connection (of %d)".formatted(options.connections()),
        "KiB PSS",
        Optional.of(Report.Goal.atMost(0.15)),
        ours.stream().map(IdleConnections.Sample::perConnection).toList(),
        theirs.stream().map(IdleConnections.Sample::perConnection).toList());
    report.add(
        "memory.before",
        "memory of the server before them",
        "KiB PSS",
        ours.stream().map(IdleConnections.Sample::before).toList(),
        theirs.stream().map(IdleConnections.Sample::before).toList());
  }

  /** The heap and what else was set; the class path and what comes after it says nothing. */
  private static List<String> jvmOptions(Server server) throws IOException {
    return Kernel.commandLine(server.pid()).stream().filter(word -> word.startsWith("-X")).toList();
  }

  /** Ends the program, and with the shutdown hook all that it started, whatever it waits for. */
  private static void giveUpAfter(int minutes) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            TimeUnit.MINUTES.sleep(minutes);
          } catch (InterruptedException e) {
            return;
          }
          System.err.println("bench: gave up after " + minutes + " minutes: see --minutes");
          System.exit(1);
        });
  }

  static void say(String format, Object... values) {
    System.err.println("bench: " + String.format(Locale.ROOT, format, values));
  }
}
