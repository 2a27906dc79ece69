package dev.sallyport.operations;

import dev.sallyport.config.Configuration;
import dev.sallyport.config.NamedFile;
import dev.sallyport.model.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds files of a configuration that the server cannot use when its systemd unit runs it. Pure.
 */
public final class UnitWarnings {
  private static final int SHOWN = 1000;

  private UnitWarnings() {}

  /**
   * A sentence for each file, escaped; none when the unit starts a server with another
   * configuration.
   */
  public static List<String> of(InstalledUnit unit, Configuration configuration) {
    if (!unit.starts(configuration.file())) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    Path stateDir = configuration.stateDir();
    if (!unit.keeps(stateDir)) {
      warnings.add(
          shown(
              "sallyport.state-dir: %s is outside the folders that %s lets the server write (ProtectSystem=strict): keep it in /var/lib/sallyport, or add ReadWritePaths=%s with systemctl edit sallyport"
                  .formatted(stateDir, unit.file(), stateDir)));
    }
    for (NamedFile named : NamedFile.of(configuration)) {
      unit.hides(named.file())
          .ifPresent(setting ->
              warnings.add(
                  shown(
                      "%s: %s is hidden from the server by %s in %s: move the file, to /etc/sallyport say, or change that setting with systemctl edit sallyport"
                          .formatted(named.key(), named.file(), setting, unit.file()))));
    }
    return warnings;
  }

  private static String shown(String text) {
    return SafeText.escape(text, SHOWN);
  }
}
