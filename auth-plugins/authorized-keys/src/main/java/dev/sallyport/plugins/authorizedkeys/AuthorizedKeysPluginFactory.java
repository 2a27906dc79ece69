package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.Revocations;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.FileReports;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes plugins of type {@code authorized-keys}, whose settings are {@code files} and {@code
 * revoked}.
 */
public final class AuthorizedKeysPluginFactory implements AuthPluginFactory {
  private static final String FILES = "files";
  private static final String REVOKED = "revoked";

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
    List<Path> revoked = Revocations.paths(settings, REVOKED);
    settings.check();
    TrustedPaths paths = TrustedPaths.ofOperator(reporter);
    FileReports reports = new FileReports(reporter);
    InstantSource clock = InstantSource.system();
    AuthorizedKeysPlugin plugin =
        new AuthorizedKeysPlugin(
            patterns,
            new KeyFiles(paths, reports, ZoneId.systemDefault(), clock),
            new Revocations(revoked, paths, reports, clock));
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
}
