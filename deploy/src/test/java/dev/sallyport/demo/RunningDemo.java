package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code sallyport demo}, from its start until the end of the test. */
final class RunningDemo implements AutoCloseable {
  private static final Path PROGRAM = Path.of("target/sallyport/bin/sallyport").toAbsolutePath();
  private static final String CD = "cd ";
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Process process;
  private final BufferedReader output;
  private final List<String> commands;

  private RunningDemo(Process process, BufferedReader output, List<String> commands) {
    this.process = process;
    this.output = output;
    this.commands = commands;
  }

  /**
   * Starts one, and waits until its bastion listens.
   *
   * @param temporary where it makes its folder; all users must be able to enter it
   */
  static RunningDemo start(Path temporary) throws IOException {
    // A build that runs behind nohup ignores SIGHUP, and whatever it starts would too.
    Process process =
        bash(
            "exec env --default-signal=INT,TERM,HUP TMPDIR=" + temporary + " " + PROGRAM + " demo");
    BufferedReader output = process.inputReader();
    List<String> commands =
        readUntil(output, " started and listens on ").stream()
            .filter(line -> line.startsWith("    "))
            .map(String::strip)
            .toList();
    return new RunningDemo(process, output, commands);
  }

  /** Where all of it is, and where its commands are to be typed. */
  Path folder() {
    return Path.of(command(CD).substring(CD.length()));
  }

  /** The lines that it printed to be pasted, in their order. */
  List<String> commands() {
    return commands;
  }

  /** The only one of these lines that has the words. */
  String command(String words) {
    List<String> found = commands.stream().filter(line -> line.contains(words)).toList();
    assertThat(found).as("%s in %s", words, commands).hasSize(1);
    return found.getFirst();
  }

  /** What it prints up to and with the line that has the text. */
  List<String> readUntil(String text) throws IOException {
    return readUntil(output, text);
  }

  /** Sends a signal, such as {@code INT}, and returns the exit code. */
  int end(String signal) throws IOException, InterruptedException {
    bash("kill -" + signal + " " + process.pid()).waitFor();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  /** Runs a command in the demo's folder, with nothing to read. */
  Ended paste(String command) throws IOException, InterruptedException {
    return run("cd " + folder() + " && " + command);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().orTimeout(2, TimeUnit.MINUTES).join();
    output.close();
  }

  /** What a command printed on both streams, and its exit code. */
  record Ended(int exit, String output) {}

  static Ended run(String command) throws IOException, InterruptedException {
    Process process = bash(command);
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  /** The command lines, with their process ids, that name the folder. */
  static List<String> processesOf(Path folder) throws IOException, InterruptedException {
    return run("ps -eo pid,args")
        .output()
        .lines()
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  /** What is waited for. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits up to two minutes. */
  static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static List<String> readUntil(BufferedReader output, String text) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = output.readLine();
      if (line == null) {
        throw new AssertionError("ended before '" + text + "': " + String.join("\n", lines));
      }
      lines.add(line);
      if (line.contains(text)) {
        return lines;
      }
    }
  }

  private static Process bash(String command) throws IOException {
    return new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
  }
}
