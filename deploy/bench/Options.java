import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much is measured. The defaults take less than eight minutes on two cores.
 *
 * @param distribution what {@code make dist} makes
 * @param output where the figures go, as JSON
 * @param runs of each measurement for each server, alternating; the median counts
 * @param mebibytes of one transfer
 * @param warmUpTransfers through Sallyport, of each cipher and direction, before those that count
 * @param logins of one burst
 * @param warmUpLogins to Sallyport before the bursts that count
 * @param roundTrips of one run; as many go before them as a warm-up
 * @param keystrokes of one run in a terminal; as many go before them as a warm-up
 * @param sessions that are recorded at the same time
 * @param connections that are idle at the same time
 * @param memoryRuns as {@code runs}, for the memory of idle connections alone
 * @param starts as {@code runs}, for the time to listening alone
 * @param minutes after which the program gives up
 */
record Options(
    Path distribution,
    Path output,
    int runs,
    int mebibytes,
    int warmUpTransfers,
    int logins,
    int warmUpLogins,
    int roundTrips,
    int keystrokes,
    int sessions,
    int connections,
    int memoryRuns,
    int starts,
    int minutes) {
  static final String HELP =
      """
      Measures Sallyport beside OpenSSH's sshd on loopback.

        --distribution DIR      what `make dist` made
        --output FILE           where the figures go, as JSON
        --runs N                alternating runs of each server; the median counts (3)
        --mebibytes N           in one transfer (1024)
        --warm-up-transfers N   through Sallyport, per cipher and direction, that do not count (3)
        --logins N              in one burst (100)
        --warm-up-logins N      to Sallyport that do not count (300)
        --round-trips N         in one run, after as many that do not count (5000)
        --keystrokes N          in one run in a terminal, after as many that do not count (3000)
        --sessions N            recorded at the same time (100)
        --connections N         idle at the same time (1000)
        --memory-runs N         as --runs, for idle connections (1)
        --starts N              as --runs, for the time to listening (5)
        --minutes N             after which to give up (20)

      A quick look: --runs 1 --mebibytes 256 --warm-up-transfers 1 --warm-up-logins 50 --connections 100
      """;

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("--distribution", "deploy/target/sallyport"),
          Map.entry("--output", "deploy/target/bench.json"),
          Map.entry("--runs", "3"),
          Map.entry("--mebibytes", "1024"),
          Map.entry("--warm-up-transfers", "3"),
          Map.entry("--logins", "100"),
          Map.entry("--warm-up-logins", "300"),
          Map.entry("--round-trips", "5000"),
          Map.entry("--keystrokes", "3000"),
          Map.entry("--sessions", "100"),
          Map.entry("--connections", "1000"),
          Map.entry("--memory-runs", "1"),
          Map.entry("--starts", "5"),
          Map.entry("--minutes", "20"));

  /** Wrong words on the command line; the message says which. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /** Reads the command line; what it does not say has its default. */
  static Options parse(List<String> words) throws UsageException {
    Map<String, String> values = new HashMap<>(DEFAULTS);
    for (int i = 0; i < words.size(); i += 2) {
      if (!DEFAULTS.containsKey(words.get(i))) {
        throw new UsageException(words.get(i) + " is unknown: see --help");
      }
      if (i + 1 == words.size()) {
        throw new UsageException(words.get(i) + " has no value: see --help");
      }
      values.put(words.get(i), words.get(i + 1));
    }
    return new Options(
        Path.of(values.get("--distribution")).toAbsolutePath(),
        Path.of(values.get("--output")).toAbsolutePath(),
        number(values, "--runs"),
        number(values, "--mebibytes"),
        number(values, "--warm-up-transfers"),
        number(values, "--logins"),
        number(values, "--warm-up-logins"),
        number(values, "--round-trips"),
        number(values, "--keystrokes"),
        number(values, "--sessions"),
        number(values, "--connections"),
        number(values, "--memory-runs"),
        number(values, "--starts"),
        number(values, "--minutes"));
  }

  private static int number(Map<String, String> values, String option) throws UsageException {
    String value = values.get(option);
    if (!value.matches("[1-9][0-9]{0,5}")) {
      throw new UsageException(option + " must be a whole number from 1 to 999999");
    }
    return Integer.parseInt(value);
  }
}
