package dev.sallyport.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the Java runtime of the distribution with the JDK's {@code jlink}, which takes a while, and
 * makes it again only when the JDK, the list of modules or the options have changed.
 *
 * @param jdk the folder of the JDK whose modules are taken
 * @param modules as for {@code jlink --add-modules}
 * @param image the folder of the runtime, which this class replaces
 * @param stamp a file beside it that tells of what the runtime was made
 */
record RuntimeImage(Path jdk, String modules, Path image, Path stamp) {
  /**
   * Not {@code --strip-debug}, which runs objcopy on the libraries. Debian's JDK has their symbols
   * in files beside them, which would be 700 MB.
   */
  private static final List<String> OPTIONS =
      List.of(
          "--strip-java-debug-attributes",
          "--exclude-files=**.debuginfo,**.diz",
          "--no-header-files",
          "--no-man-pages",
          "--compress",
          "zip-6");

  /** Class data for the object layout that bin/sallyport chooses: half the start-up time. */
  private static final List<String> CLASS_DATA =
      List.of("-Xshare:dump", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders");

  /**
   * Takes the folder of the runtime, the file of the stamp, and the modules; uses the JDK that runs
   * it.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    RuntimeImage runtime =
        new RuntimeImage(
            Path.of(System.getProperty("java.home")),
            arguments[2],
            Path.of(arguments[0]),
            Path.of(arguments[1]));
    runtime.make();
  }

  /**
   * Makes the runtime where it is missing, was left half made, or was made of something else.
   *
   * @return whether it was made
   * @throws IOException also when jlink fails; the message has its output
   */
  boolean make() throws IOException, InterruptedException {
    String sources = sources();
    if (isMadeOf(sources)) {
      return false;
    }
    Path fresh = image.resolveSibling(image.getFileName() + ".new");
    Folders.delete(fresh);
    Files.createDirectories(fresh.toAbsolutePath().getParent());
    link(fresh);
    dumpClassData(fresh);
    // Without a stamp the next build begins again, wherever this one is interrupted.
    Files.deleteIfExists(stamp);
    Folders.delete(image);
    Files.move(fresh, image);
    Files.writeString(stamp, sources);
    return true;
  }

  /** All that decides what the runtime is. */
  private String sources() throws IOException {
    return String.join(
        "\n",
        "modules " + modules,
        "jlink " + String.join(" ", OPTIONS),
        "java " + String.join(" ", CLASS_DATA),
        Files.readString(jdk.resolve("release")));
  }

  private boolean isMadeOf(String sources) throws IOException {
    return Files.exists(image.resolve("release"))
        && Files.exists(stamp)
        && Files.readString(stamp).equals(sources);
  }

  private void link(Path to) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/jlink").toString());
    command.addAll(OPTIONS);
    // The JDK's vendor and full version, for the list of what is shipped.
    command.add("--release-info=" + jdk.resolve("release"));
    command.addAll(List.of("--add-modules", modules, "--output", to.toString()));
    run(command);
  }

  private static void dumpClassData(Path image) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(image.resolve("bin/java").toAbsolutePath().toString());
    command.addAll(CLASS_DATA);
    run(command);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException("%s exited with %d: %s".formatted(command.getFirst(), exit, output));
    }
  }
}
