package dev.sallyport.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folder that people install. */
final class Distribution {
  /** Maven runs the suites in the folder of the module {@code deploy}. */
  static final Path HOME = Path.of("target/sallyport").toAbsolutePath();

  private Distribution() {}

  static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
      return files.sorted().toList();
    }
  }

  /** What a program printed, on both streams, and its exit code. */
  record Ended(int exit, String output) {}

  /** Runs a program to its end. */
  static Ended run(List<String> words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(new ArrayList<>(words)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }
}
