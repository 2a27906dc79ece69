package dev.sallyport.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** Blocks that people copy, read by the plugins that are installed. */
final class InstalledPlugins {
  private static final String IN_PLUGINS = "sallyport.auth.plugins[].";

  private InstalledPlugins() {}

  /** What became of blocks of {@code sallyport}, and the keys that their plugins know. */
  record Read(Loading loading, Set<String> known) {
    /** What is wrong with them; empty when all could be opened. They are closed. */
    String errors() {
      return switch (loading) {
        case Loading.Rejected rejected -> rejected.errors().toString();
        case Loading.Loaded loaded -> {
          loaded.close();
          yield "";
        }
      };
    }
  }

  /** Reads the file; a source outside is not asked. */
  static Read read(Path file) {
    Findings findings = new Findings(file);
    Loading loading =
        new ConfigurationLoader(ConfigurationLoader.installedPlugins(), TestPlugins.silent())
            .load(file, findings);
    return new Read(
        loading,
        findings.keys().stream()
            .filter(key -> key.startsWith(IN_PLUGINS))
            .map(key -> key.substring(IN_PLUGINS.length()))
            .collect(Collectors.toSet()));
  }

  /** Reads what stands in {@code auth.plugins}. */
  static Read readBlocks(Path folder, String blocks) throws IOException {
    return readServer(folder, "auth.plugins = [\n" + blocks + "\n]");
  }

  /** Reads what stands in {@code sallyport}. */
  static Read readServer(Path folder, String keys) throws IOException {
    String networks =
        keys.contains("private-networks = ") ? "" : "private-networks = [\"10.0.0.0/16\"]\n";
    return read(
        Files.writeString(
            folder.resolve("sallyport.conf"),
            "sallyport {\n" + networks + withAccount(keys) + "\n}\n"));
  }

  /** A command runs as somebody of this machine, and not as root. */
  private static String withAccount(String keys) {
    String self = System.getProperty("user.name");
    return keys.replaceAll("\\buser = keys\\b", "")
        .replace(
            "type = command", "type = command\nuser = " + (self.equals("root") ? "nobody" : self));
  }
}
