package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.plugins.openssh.KeyOwner;
import dev.sallyport.plugins.openssh.ProcessUser;
import dev.sallyport.plugins.openssh.TrustedPaths;
import dev.sallyport.plugins.openssh.UserName;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Makes plugins of type {@code authorized-keys}, whose one setting is {@code files}. */
public final class AuthorizedKeysPluginFactory implements AuthPluginFactory {
  private static final String FILES = "files";

  /** The number of root. */
  private static final int ROOT = 0;

  /** For {@link java.util.ServiceLoader}. */
  public AuthorizedKeysPluginFactory() {}

  @Override
  public String type() {
    return "authorized-keys";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    List<FilePattern> patterns = new ArrayList<>();
    for (String text : settings.requiredStrings(FILES)) {
      FilePattern.parse(text, fault -> settings.fault(FILES, "\"" + text + "\" " + fault))
          .ifPresent(patterns::add);
    }
    refuseOneFileInTwoRoles(patterns, settings);
    settings.check();
    TrustedPaths paths = new TrustedPaths(trustedUsers(reporter));
    KeyFiles files = new KeyFiles(paths, reporter, ZoneId.systemDefault(), InstantSource.system());
    AuthorizedKeysPlugin plugin = new AuthorizedKeysPlugin(patterns, files);
    plugin.inspect();
    return plugin;
  }

  /** Otherwise a stranger who calls himself as the file is named would find it to be his own. */
  private static void refuseOneFileInTwoRoles(List<FilePattern> patterns, PluginSettings settings) {
    for (FilePattern forAll : patterns) {
      if (forAll.kind() != KeyOwner.FOR_ALL) {
        continue;
      }
      Path path = forAll.pathFor(new UserName("0"));
      for (FilePattern other : patterns) {
        if (other.kind() == KeyOwner.ONE_USER && other.leadsTo(path)) {
          settings.fault(
              FILES,
              "\"%s\" for all is also the file of a user by \"%s\"; keep it in another folder"
                  .formatted(forAll, other));
        }
      }
    }
  }

  private static Set<Integer> trustedUsers(Reporter reporter) {
    Set<Integer> trusted = new HashSet<>(Set.of(ROOT));
    OptionalInt self = ProcessUser.number();
    if (self.isPresent()) {
      trusted.add(self.getAsInt());
    } else {
      reporter.problem(
          "/proc/self/status",
          "does not say which user Sallyport runs as; only files of root can let anybody in");
    }
    return trusted;
  }
}
