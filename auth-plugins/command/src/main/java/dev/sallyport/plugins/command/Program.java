package dev.sallyport.plugins.command;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program with an environment of its own, bounded in time and output, and leaves nothing of
 * it behind. Safe for all threads; the calling one waits.
 */
final class Program {
  /** Most that is read of its output; some 5,000 keys, as of a file. */
  static final int MOST_OUTPUT = 1024 * 1024;

  /** Most that is kept of what it complains of; the rest is read and thrown away. */
  private static final int MOST_COMPLAINT = 4 * 1024;

  /** How often output is looked for while the program runs; its end is noticed at once. */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final File NOTHING = new File("/dev/null");

  private final RunAs user;
  private final Duration time;

  Program(RunAs user, Duration time) {
    this.user = user;
    this.time = time;
  }

  /**
   * Runs it.
   *
   * @param vector the program and its arguments
   * @throws IOException when it cannot be started
   */
  Ended run(List<String> vector) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    List<String> whole = new ArrayList<>(user.prefix());
    whole.addAll(vector);
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("LANG", "C.UTF-8");
    builder.directory(new File("/"));
    builder.redirectInput(NOTHING);
    Process process = builder.start();
    try {
      return await(process, end);
    } finally {
      end(process);
    }
  }

  private Ended await(Process process, long end) throws IOException, InterruptedException {
    Printed output = new Printed(process.getInputStream(), MOST_OUTPUT);
    Printed complaint = new Printed(process.getErrorStream(), MOST_COMPLAINT);
    while (true) {
      boolean ended = process.waitFor(TICK.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        // What it left running must not go on printing into what it has said.
        ProcessGroup.end(process);
      }
      output.drain();
      complaint.drainAway();
      if (output.isTooMuch()) {
        return new Ended.Stopped(
            "printed more than " + MOST_OUTPUT + " bytes", complaint.firstLine());
      }
      if (ended) {
        return process.exitValue() == 0
            ? new Ended.Answered(output)
            : new Ended.Failed(process.exitValue(), complaint.firstLine());
      }
      if (System.nanoTime() - end > 0) {
        return new Ended.Stopped(
            "did not end within " + time.toMillis() + " ms", complaint.firstLine());
      }
    }
  }

  /** Its group, and those of its children that have made groups of their own. */
  private static void end(Process process) throws IOException {
    List<ProcessHandle> children = process.descendants().toList();
    ProcessGroup.end(process);
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.getInputStream().close();
    process.getErrorStream().close();
  }
}
