package dev.sallyport.plugins.certificates;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.FilePath;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.keys.CertificateRules;
import dev.sallyport.support.keys.Revocations;
import dev.sallyport.support.keys.SignatureAlgorithm;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.FileReports;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes plugins of type {@code certificates}, whose settings are {@code authorities}, {@code
 * users}, {@code revoked} and {@code ca-algorithms}.
 */
public final class CertificatesPluginFactory implements AuthPluginFactory {
  private static final String AUTHORITIES = "authorities";
  private static final String FILE = "file";
  private static final String PRINCIPALS = "principals";
  private static final String GROUPS = "groups";
  private static final String USERS = "users";
  private static final String REVOKED = "revoked";
  private static final String CA_ALGORITHMS = "ca-algorithms";

  /** For {@link java.util.ServiceLoader}. */
  public CertificatesPluginFactory() {}

  @Override
  public String type() {
    return "certificates";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    List<Authority> authorities = new ArrayList<>();
    for (PluginSettings block : settings.requiredBlocks(AUTHORITIES)) {
      authority(block).ifPresent(authorities::add);
    }
    Users users =
        settings.block(USERS).map(CertificatesPluginFactory::users).orElse(new Users.SameName());
    List<Path> revoked = Revocations.paths(settings, REVOKED);
    CertificateRules rules = rules(settings);
    settings.check();
    TrustedPaths paths = TrustedPaths.ofOperator(reporter);
    FileReports reports = new FileReports(reporter);
    InstantSource clock = InstantSource.system();
    CertificatesPlugin plugin =
        new CertificatesPlugin(
            authorities,
            users,
            rules,
            new AuthorityFiles(paths, reports, clock),
            new Revocations(revoked, paths, reports, clock));
    plugin.inspect();
    return plugin;
  }

  private static Optional<Authority> authority(PluginSettings block) {
    String text = block.requiredString(FILE);
    List<String> principals = names(block, PRINCIPALS);
    List<String> groups = block.strings(GROUPS).orElse(List.of());
    if (principals.contains(Principals.ALL) && principals.size() > 1) {
      block.fault(PRINCIPALS, "has \"*\", which is everybody, and others beside it");
    }
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return FilePath.parse(text, wrong -> block.fault(FILE, "\"" + text + "\" " + wrong))
        .map(file -> new Authority(file, Principals.of(principals), Set.copyOf(groups)));
  }

  /** A pattern would look as if it worked, and would match nobody. */
  private static List<String> names(PluginSettings block, String key) {
    List<String> names = block.requiredStrings(key);
    for (String name : names) {
      boolean pattern = name.contains("*") && !name.equals(Principals.ALL);
      if (name.isBlank() || pattern) {
        block.fault(key, "\"" + name + "\" is not a name; there are no patterns but \"*\"");
      }
    }
    return names;
  }

  private static Users users(PluginSettings block) {
    Map<String, Set<String>> principals = new HashMap<>();
    for (String user : block.present()) {
      if (UserName.of(user).isEmpty()) {
        block.fault(user, "is not a user name that can log in");
      }
      List<String> names = block.requiredStrings(user);
      if (names.contains(Principals.ALL)) {
        block.fault(user, "must name principals, not \"*\": every certificate would be this user");
      }
      principals.put(user, Set.copyOf(names));
    }
    return new Users.Listed(principals);
  }

  private static CertificateRules rules(PluginSettings settings) {
    Optional<List<String>> names = settings.strings(CA_ALGORITHMS);
    if (names.isEmpty()) {
      return CertificateRules.DEFAULT;
    }
    List<SignatureAlgorithm> algorithms = new ArrayList<>();
    for (String name : names.get()) {
      SignatureAlgorithm.of(name)
          .ifPresentOrElse(
              algorithms::add,
              () ->
                  settings.fault(
                      CA_ALGORITHMS,
                      "\""
                          + name
                          + "\" is not an algorithm that an authority may sign with; there are "
                          + String.join(", ", SignatureAlgorithm.names())));
    }
    if (names.get().isEmpty()) {
      settings.fault(CA_ALGORITHMS, "must not be empty: no certificate could log in");
    }
    return new CertificateRules(algorithms);
  }
}
