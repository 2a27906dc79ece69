package dev.sallyport.operations;

import dev.sallyport.config.Configuration;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The systemd unit of the server as it is installed, with its drop-ins, as far as it says which
 * files the server can use (systemd.unit(5), systemd.exec(5)). Immutable.
 *
 * @param file where it is
 * @param settings the values of each key of {@code [Service]}, in their order; an empty value has
 *     removed those before it
 */
public record InstalledUnit(Path file, Map<String, List<String>> settings) {
  static final String NAME = "sallyport.service";

  /** Where systemd looks for units, first come first; below the root of the file system. */
  private static final List<String> FOLDERS =
      List.of(
          "etc/systemd/system",
          "run/systemd/system",
          "usr/local/lib/systemd/system",
          "usr/lib/systemd/system",
          "lib/systemd/system");

  private static final Set<String> TRUE = Set.of("1", "yes", "y", "true", "t", "on");

  private static final List<Path> HOMES =
      List.of(Path.of("/home"), Path.of("/root"), Path.of("/run/user"));

  public InstalledUnit {
    settings = Map.copyOf(settings);
  }

  /**
   * Reads the unit and its drop-ins.
   *
   * @param root of the file system
   * @return nothing when no unit is installed
   * @throws IOException when a file of it cannot be read
   */
  public static Optional<InstalledUnit> find(Path root) throws IOException {
    List<Path> folders = FOLDERS.stream().map(root::resolve).toList();
    Optional<Path> unit =
        folders.stream()
            .map(folder -> folder.resolve(NAME))
            .filter(Files::isRegularFile)
            .findFirst();
    if (unit.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Path> dropIns = new TreeMap<>();
    for (Path folder : folders.reversed()) {
      for (Path file : list(folder.resolve(NAME + ".d"))) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".conf")) {
          dropIns.put(name, file);
        }
      }
    }
    Map<String, List<String>> settings = new HashMap<>();
    for (Path file : Stream.concat(unit.stream(), dropIns.values().stream()).toList()) {
      read(Files.readString(file, StandardCharsets.UTF_8), settings);
    }
    return Optional.of(new InstalledUnit(unit.get(), settings));
  }

  private static List<Path> list(Path folder) throws IOException {
    try {
      return PrivateFiles.list(folder);
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
  }

  private static void read(String text, Map<String, List<String>> settings) {
    boolean service = false;
    for (String line : text.replace("\\\n", " ").lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        service = line.equals("[Service]");
      }
      int equals = line.indexOf('=');
      if (!service || equals < 0 || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      String value = line.substring(equals + 1).strip();
      List<String> values =
          settings.computeIfAbsent(line.substring(0, equals).strip(), _ -> new ArrayList<>());
      if (value.isEmpty()) {
        values.clear();
      } else {
        values.add(value);
      }
    }
  }

  /** Whether the unit starts a server with this configuration. */
  boolean starts(Path configuration) {
    List<String> command = words("ExecStart").toList();
    Path named = Configuration.DEFAULT_FILE;
    for (int i = 0; i < command.size(); i++) {
      if (command.get(i).startsWith("--config=")) {
        named = Path.of(command.get(i).substring("--config=".length()));
      } else if (command.get(i).equals("--config") && i + 1 < command.size()) {
        named = Path.of(command.get(i + 1));
      }
    }
    return command.contains("serve") && named.equals(configuration.toAbsolutePath().normalize());
  }

  /** Whether the server can write there, and finds again what it has written. */
  boolean keeps(Path path) {
    return !last("ProtectSystem").equals("strict")
        || Stream.of(
                below("/var/lib", "StateDirectory"),
                below("/var/cache", "CacheDirectory"),
                below("/var/log", "LogsDirectory"),
                paths("ReadWritePaths"),
                paths("BindPaths"))
            .flatMap(all -> all)
            .anyMatch(path::startsWith);
  }

  /** Which setting hides the path from the server, if one does. */
  Optional<String> hides(Path path) {
    if (Stream.concat(paths("BindPaths"), paths("BindReadOnlyPaths")).anyMatch(path::startsWith)) {
      return Optional.empty();
    }
    String homes = last("ProtectHome");
    if ((TRUE.contains(homes) || homes.equals("tmpfs"))
        && HOMES.stream().anyMatch(path::startsWith)) {
      return Optional.of("ProtectHome=" + homes);
    }
    return paths("InaccessiblePaths")
        .filter(path::startsWith)
        .findFirst()
        .map(hidden -> "InaccessiblePaths=" + hidden);
  }

  private String last(String key) {
    List<String> values = settings.getOrDefault(key, List.of());
    return values.isEmpty() ? "" : values.getLast();
  }

  private Stream<String> words(String key) {
    return settings.getOrDefault(key, List.of()).stream()
        .flatMap(value -> Stream.of(value.split("[ \t]+")));
  }

  private Stream<Path> below(String folder, String key) {
    return words(key).map(name -> name.replaceAll(":.*", "")).map(Path.of(folder)::resolve);
  }

  /** Without the marks before a path; of a bind mount the place where the server sees it. */
  private Stream<Path> paths(String key) {
    return words(key)
        .map(word -> word.replaceFirst("^[-+]+", ""))
        .map(word -> {
          String[] parts = word.split(":", -1);
          return parts.length > 1 ? parts[1] : parts[0];
        })
        .flatMap(InstalledUnit::path);
  }

  private static Stream<Path> path(String text) {
    try {
      return Stream.of(Path.of(text));
    } catch (InvalidPathException none) {
      return Stream.empty();
    }
  }
}
