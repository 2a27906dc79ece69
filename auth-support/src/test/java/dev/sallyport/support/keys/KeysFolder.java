package dev.sallyport.support.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder of key files with the permissions that the plugin wants, whatever the umask is. */
public final class KeysFolder {
  private final Path folder;

  public KeysFolder(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    mode(folder, "rwxr-xr-x");
  }

  public Path folder() {
    return folder;
  }

  public Path write(String name, String... lines) throws IOException {
    return write(name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public Path write(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    mode(file, "rw-r--r--");
    return file;
  }

  /** Puts a file in the place of another in one step, as editors and configuration tools do. */
  public Path replace(String name, String... lines) throws IOException {
    Path made = write("." + name + ".new", lines);
    return Files.move(
        made,
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  public static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
