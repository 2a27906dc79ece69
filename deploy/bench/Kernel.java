import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel knows about processes (proc(5)). */
final class Kernel {
  /** Kernel ticks in a second: USER_HZ, which is 100 on every machine that Debian 12 runs on. */
  private static final double TICKS = 100;

  private Kernel() {}

  /**
   * Processor seconds of a process, its living descendants and those it has waited for, user and
   * system together; all threads count. Exact to a tick a process, when none of them ends
   * meanwhile.
   */
  static double cpuSeconds(ProcessHandle root) throws IOException {
    double ticks = 0;
    for (long pid : tree(root)) {
      ticks += ticks(pid);
    }
    return ticks / TICKS;
  }

  /**
   * Proportional set size in KiB of a process and its living descendants: what they have for
   * themselves, and their part of what they share.
   */
  static long pssKibibytes(ProcessHandle root) throws IOException {
    long sum = 0;
    for (long pid : tree(root)) {
      sum += pss(pid);
    }
    return sum;
  }

  /** The processor seconds that all processors have spent on anything, time stolen included. */
  static double busySeconds() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
    // cpu user nice system idle iowait irq softirq steal; guest time is within user.
    double ticks = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      ticks += Double.parseDouble(fields[i]);
    }
    return ticks / TICKS;
  }

  /** The number of processes that wanted to run, over the last minute. */
  static double load() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
  }

  /** A number of proc_pid_status(5), such as {@code Threads}, or {@code VmRSS} in KiB. */
  static long status(long pid, String name) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/status"))
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + name + " of process " + pid));
  }

  /** How many file descriptors a process has open. */
  static long descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.count();
    }
  }

  /** The words that a process was started with. */
  static List<String> commandLine(long pid) throws IOException {
    return List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
  }

  private static List<Long> tree(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants()).map(ProcessHandle::pid).toList();
  }

  private static double ticks(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The command's name is in parentheses and may hold spaces; the state, field 3, comes after.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double sum = 0;
      for (int i = 14; i <= 17; i++) { // utime, stime, cutime, cstime
        sum += Double.parseDouble(fields[i - 3]);
      }
      return sum;
    } catch (IOException e) {
      if (hasEnded(e)) {
        return 0; // Its parent has its time now.
      }
      throw e;
    }
  }

  private static long pss(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/smaps_rollup"))
          .lines()
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.split(" +")[1]))
          .sum();
    } catch (IOException e) {
      if (hasEnded(e)) {
        return 0; // Its memory is free.
      }
      throw e;
    }
  }

  /** Whether a file of a process cannot be read because the process is gone: ENOENT or ESRCH. */
  private static boolean hasEnded(IOException e) {
    return e instanceof NoSuchFileException || "No such process".equals(e.getMessage());
  }
}
