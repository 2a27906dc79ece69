import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts a bastion under all attacks at once for some minutes, with four users beside them who do
 * ordinary work, and prints once a minute how long they wait and what the bastion holds. Ends with
 * 1 if anything rises that should not, if a user's work fails, or if an attack did nothing.
 *
 * <p>The first minute is quiet, to compare with. The bastion's limits are its defaults, but for
 * those of the disk and the log, which are so low that they are reached at once.
 */
final class Soak {
  private static final int TICK_SECONDS = 10;

  /** Who has a key and does harm with it. */
  private static final List<String> ATTACKERS = List.of("mallory", "trudy", "oscar", "peggy");

  /**
   * What may have risen at the end of the soak, by its trend. The heap is a sawtooth between full
   * collections, so its bound is a quarter of the largest heap.
   */
  private static final double HEAP_MEBIBYTES = 64;

  private static final double MEMORY_MEBIBYTES = 128;
  private static final double THREADS = 100;
  private static final double DESCRIPTORS = 100;

  /** What four attackers may have logged in a minute, each 50 events of 1 KiB a second. */
  private static final double LOG_MEBIBYTES_A_MINUTE = 12;

  /** What the recordings of all users together may take, by the soak's own configuration. */
  private static final double RECORDINGS_MEBIBYTES = 512;

  private static final String SETTINGS =
      """
        stop-timeout = "5 s"
        credentials.instance { type = key, file = "%s" }
        groups { people = [%s], attackers = [%s] }
        rules = [
          {
            name = recorded, groups = [people, attackers], to = ["%s:1-65535"]
            record = session, logins = ["*"], credential = instance
          }
          { name = plain, groups = [people, attackers], to = ["%s:1-65535"] }
        ]
        recording { reserve = "100 MiB", session-max = "16 MiB", user-max = "64 MiB" }
        limits.user-events-burst = 2000
      """;

  /** {@code [1.234s] GC(5) Pause Young (Allocation Failure) 40M->12M(64M) 3.2ms}. */
  private static final Pattern COLLECTION = Pattern.compile("Pause .* [0-9]+M->([0-9]+)M\\(");

  private final Path distribution;
  private final Path sources;
  private final int minutes;
  private final Workplace workplace = new Workplace();
  private final Client client = new Client(workplace);
  private final List<SoakUser> users = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Trend heap = new Trend("heap after collections", "MiB", HEAP_MEBIBYTES);
  private final Trend memory = new Trend("memory of the process", "MiB", MEMORY_MEBIBYTES);
  private final Trend threads = new Trend("threads", "", THREADS);
  private final Trend descriptors = new Trend("descriptors", "", DESCRIPTORS);
  private final Trend log;
  private final Trend recordings = new Trend("recordings", "MiB", RECORDINGS_MEBIBYTES);
  private long collectionsRead;
  private double lastHeap;
  private volatile String attacked = "";

  private Soak(Path distribution, Path sources, int minutes)
      throws IOException, InterruptedException {
    this.distribution = distribution;
    this.sources = sources;
    this.minutes = minutes;
    this.log = new Trend("audit log", "MiB", LOG_MEBIBYTES_A_MINUTE * minutes);
  }

  /**
   * The arguments are the distribution, the folder of these sources, and the minutes, of which the
   * first is quiet.
   */
  public static void main(String[] words) {
    if (words.length != 3 || !words[2].matches("[1-9][0-9]{0,3}")) {
      System.err.println("soak: say MINUTES as a whole number from 1 to 9999");
      System.exit(2);
    }
    int exit = 1;
    try {
      exit =
          new Soak(Path.of(words[0]), Path.of(words[1]), Integer.parseInt(words[2])).run() ? 0 : 1;
    } catch (IOException | InterruptedException e) {
      System.err.println("soak: " + e.getMessage());
    }
    System.exit(exit);
  }

  private boolean run() throws IOException, InterruptedException {
    for (String user : SoakUser.NAMES) {
      workplace.letIn(user);
    }
    for (String user : ATTACKERS) {
      workplace.letIn(user);
    }
    Path collections = workplace.file("gc.log");
    Server.Recipe recipe =
        Server.Recipe.sallyport(
            workplace,
            distribution,
            Optional.of("-Xlog:gc:file=" + collections + "::filecount=0"),
            SETTINGS.formatted(
                client.key(),
                String.join(", ", SoakUser.NAMES),
                String.join(", ", ATTACKERS),
                Server.RECORDED_ADDRESS,
                Server.PLAIN_ADDRESS));
    try (Server instance = Server.Recipe.sshdWithShell("sshd-instance", workplace).start();
        Server bastion = recipe.start()) {
      users.addAll(SoakUser.all(workplace, client, bastion, instance));
      users.forEach(Thread::start);
      System.out.println(heading());
      minute(0, bastion, collections, false);
      Process attacks = startAttacks(bastion);
      for (int minute = 1; minute < minutes; minute++) {
        // What is loaded once, and the first connections of all attacks, are no trend.
        minute(minute, bastion, collections, minute > Math.max(1, minutes / 6));
        if (!attacks.isAlive()) {
          faults.add("the attacks ended with " + attacks.exitValue());
        }
      }
      users.forEach(SoakUser::end);
      attacks.destroy();
      attacks.waitFor();
    }
    return verdict();
  }

  // ---- attacks ----

  /** In a process of their own, behind all others in the queue for a processor. */
  private Process startAttacks(Server bastion) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nice",
                "-n",
                "10",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                libraries(),
                sources.resolve("Attacks.java").toString(),
                Integer.toString(bastion.port()),
                client.key().toString()));
    command.addAll(ATTACKERS);
    Process process =
        workplace.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    BufferedReader said = process.inputReader();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
              attacked = line;
            }
          } catch (IOException over) {
            return; // The process is gone.
          }
        });
    return process;
  }

  /** The SSH library and its cryptography, without the program that logs. */
  private String libraries() throws IOException {
    try (Stream<Path> files = Files.list(distribution.resolve("lib"))) {
      return String.join(
          ":",
          files
              .filter(file ->
                  file.getFileName().toString().matches("(sshd|bc|slf4j-api|jcl-over).*\\.jar"))
              .map(Path::toString)
              .toList());
    }
  }

  // ---- figures ----

  private static String heading() {
    StringBuilder line = new StringBuilder("      ");
    for (String work : SoakUser.WORK) {
      line.append("%20s".formatted(work + " p50, p95"));
    }
    return line.append("   failed  cpu  heap  memory  threads  descr.  recordings   log")
        .toString();
  }

  /** Measures for a minute, and prints it. */
  private void minute(int number, Server bastion, Path collections, boolean counts)
      throws IOException, InterruptedException {
    double processor = bastion.cpuSeconds();
    double logBefore = size("audit");
    for (int tick = 1; tick <= 60 / TICK_SECONDS; tick++) {
      TimeUnit.SECONDS.sleep(TICK_SECONDS);
      users.forEach(SoakUser::cutIfStuck);
      double at = number * 60 + tick * TICK_SECONDS;
      lastHeap = heapAfterCollections(collections);
      if (counts) {
        heap.add(at, lastHeap);
        memory.add(at, Kernel.status(bastion.pid(), "VmRSS") / 1024.0);
        threads.add(at, Kernel.status(bastion.pid(), "Threads"));
        descriptors.add(at, Kernel.descriptors(bastion.pid()));
        log.add(at, size("audit"));
        recordings.add(at, size("recordings"));
      }
    }
    StringBuilder line = new StringBuilder(number == 0 ? "quiet " : "%5d ".formatted(number));
    long failed = 0;
    for (SoakUser user : users) {
      SoakUser.Minute waited = user.takeMinute();
      failed += waited.failed();
      line.append(format("%10.2f, %5.1f ms", waited.p50(), waited.p95()));
      if (counts && waited.done() > 0) {
        user.trend().add(number * 60, waited.p95());
      }
    }
    line.append(
        format(
            "%9d %3.0f%% %5.0f %7.0f %8d %7d %11.1f %5.1f",
            failed,
            (bastion.cpuSeconds() - processor) / 60 * 100,
            lastHeap,
            Kernel.status(bastion.pid(), "VmRSS") / 1024.0,
            Kernel.status(bastion.pid(), "Threads"),
            Kernel.descriptors(bastion.pid()),
            size("recordings"),
            size("audit") - logBefore));
    System.out.println(line);
    if (!attacked.isEmpty()) {
      System.out.println("      attacks so far: " + attacked);
    }
  }

  /** In MiB: the least after any collection since the last look. */
  private double heapAfterCollections(Path collections) throws IOException {
    double least = Double.MAX_VALUE;
    List<String> lines = Files.readAllLines(collections);
    for (String line : lines.subList((int) collectionsRead, lines.size())) {
      Matcher collection = COLLECTION.matcher(line);
      if (collection.find()) {
        least = Math.min(least, Double.parseDouble(collection.group(1)));
      }
    }
    collectionsRead = lines.size();
    return least == Double.MAX_VALUE ? lastHeap : least;
  }

  /** In MiB, of a folder of the bastion's state. */
  private double size(String folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(workplace.file("state").resolve(folder))) {
      for (Path file : files.toList()) {
        sum += sizeOf(file);
      }
    } catch (java.io.UncheckedIOException removed) {
      return size(folder);
    }
    return sum / 1024.0 / 1024.0;
  }

  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException removed) {
      return 0;
    }
  }

  // ---- the end ----

  private boolean verdict() {
    List<Trend> trends =
        new ArrayList<>(List.of(heap, memory, threads, descriptors, log, recordings));
    for (SoakUser user : users) {
      trends.add(user.trend());
      user.fault().ifPresent(faults::add);
    }
    for (Trend trend : trends) {
      System.out.println(trend);
      trend.fault().ifPresent(faults::add);
    }
    for (String attack : attacked.split(", ")) {
      if (minutes > 1 && attack.matches(".* 0( \\(.*)?")) {
        faults.add("no attack of this kind got anywhere: " + attack);
      }
    }
    faults.forEach(fault -> System.out.println("FAILED: " + fault));
    return faults.isEmpty();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
