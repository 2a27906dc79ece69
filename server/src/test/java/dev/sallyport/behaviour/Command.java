package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.audit.Condition;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program of this machine that runs. What it says on its standard error is gathered; its input
 * and output are the test's. Closing kills it.
 */
final class Command implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final List<String> JVM_OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final List<String> words;
  private final Process process;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final Thread gathering;

  /** How a program ended. */
  record Ended(int exit, String output, String errors) {}

  private Command(List<String> words, Process process) {
    this.words = words;
    this.process = process;
    this.gathering = Thread.ofVirtual().start(this::gather);
  }

  static Command start(List<String> words) {
    return start(words, Map.of(), ProcessBuilder.Redirect.PIPE);
  }

  static Command start(
      List<String> words, Map<String, String> environment, ProcessBuilder.Redirect input) {
    ProcessBuilder builder = new ProcessBuilder(words).redirectInput(input);
    builder.environment().remove("SSH_AUTH_SOCK");
    builder.environment().remove("DISPLAY");
    // A JVM that picks these up says so on its standard error.
    JVM_OPTIONS.forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    try {
      return new Command(words, builder.start());
    } catch (IOException e) {
      return fail("%s is missing on this machine: make test installs it", words.getFirst(), e);
    }
  }

  /** Runs to the end, without input. */
  static Ended run(List<String> words) {
    return run(words, Map.of());
  }

  static Ended run(List<String> words, Map<String, String> environment) {
    return run(words, environment, LIMIT);
  }

  /** As {@link #run(List, Map)}; fails when it takes longer than the limit. */
  static Ended run(List<String> words, Map<String, String> environment, Duration limit) {
    try (Command command =
        start(words, environment, ProcessBuilder.Redirect.from(new File("/dev/null")))) {
      return command.await(limit);
    }
  }

  private void gather() {
    byte[] some = new byte[8192];
    try (InputStream in = process.getErrorStream()) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        errors.write(some, 0, count);
      }
    } catch (IOException closed) {
      errors.writeBytes(closed.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What it said so far. */
  String errors() {
    return errors.toString(StandardCharsets.UTF_8);
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  InputStream output() {
    return process.getInputStream();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  void awaitErrors(String text) {
    Condition.await(
        "%s says '%s'".formatted(words, text),
        () -> {
          if (!isAlive() && !errors().contains(text)) {
            fail("%s ended: %s", words, errors());
          }
          return errors().contains(text);
        });
  }

  /** Waits for the end, and takes what is left of its output. */
  Ended await() {
    return await(LIMIT);
  }

  private Ended await(Duration limit) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Thread reading =
        Thread.ofVirtual()
            .start(() -> {
              try {
                process.getInputStream().transferTo(all);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        close();
        fail("%s did not end within %d s: %s", words, limit.toSeconds(), errors());
      }
      reading.join();
      gathering.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted while %s ran: %s", words, errors());
    }
    return new Ended(process.exitValue(), all.toString(StandardCharsets.UTF_8), errors());
  }

  /**
   * Sends it a signal.
   *
   * @param name such as {@code STOP}
   */
  void signal(String name) {
    run(List.of("kill", "-" + name, Long.toString(pid())));
  }

  void killDescendants() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends it, and what it has started. */
  void kill() {
    killDescendants();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
