package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A real file system of a few kilobytes, to be filled up. Needs root. */
final class TinyDisk implements AutoCloseable {
  private final Path mountPoint;

  TinyDisk(Path mountPoint, int kibibytes) throws IOException {
    this.mountPoint = mountPoint;
    assumeTrue(run("id", "-u").strip().equals("0"), "mounting a file system needs root");
    Files.createDirectories(mountPoint);
    ProcessBuilder mount =
        new ProcessBuilder(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + kibibytes + "k",
            "tmpfs",
            mountPoint.toString());
    assumeTrue(
        mount.start().onExit().join().exitValue() == 0,
        "this machine does not let us mount a tmpfs");
  }

  Path path() {
    return mountPoint;
  }

  /** Takes all the room that is left. */
  void fill() throws IOException {
    try (var ballast =
        Files.newOutputStream(
            mountPoint.resolve("ballast"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        ballast.write(new byte[512]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  void free() throws IOException {
    Files.delete(mountPoint.resolve("ballast"));
  }

  private static String run(String... command) throws IOException {
    try (var output = new ProcessBuilder(command).start().inputReader()) {
      return output.readAllAsString();
    }
  }

  @Override
  public void close() throws IOException {
    new ProcessBuilder("umount", "--lazy", mountPoint.toString()).start().onExit().join();
  }
}
