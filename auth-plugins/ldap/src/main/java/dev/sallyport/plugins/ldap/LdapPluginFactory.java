package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import dev.sallyport.plugins.asking.Questions;
import dev.sallyport.plugins.asking.Terms;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.FilePath;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.reports.FaultLog;
import dev.sallyport.support.reports.RareReports;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes plugins of type {@code ldap}; its README tells the settings. */
public final class LdapPluginFactory implements AuthPluginFactory {
  private static final String BIND_DN = "bind-dn";
  private static final String BIND_PASSWORD_FILE = "bind-password-file";
  private static final String GROUP_BASE = "group-base";
  private static final String GROUP_FILTER = "group-filter";

  /** RFC 4512, section 1.4: a descriptor or a number with dots. */
  private static final String ATTRIBUTE = "[A-Za-z][A-Za-z0-9-]{0,99}|[0-9]+(\\.[0-9]+){1,30}";

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

  /** How long to wait for a new answer where an old one lets the user in already. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** How long after a failure no login is made to wait to see whether it is over. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** For {@link java.util.ServiceLoader}. */
  public LdapPluginFactory() {}

  @Override
  public String type() {
    return "ldap";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    List<Server> servers = new ArrayList<>();
    for (String text : settings.requiredStrings("servers")) {
      Server.parse(text, fault -> settings.fault("servers", fault)).ifPresent(servers::add);
    }
    TrustedPaths paths = TrustedPaths.ofOperator(reporter);
    Optional<Access.Login> login = login(settings, paths);
    Optional<Path> authorities = path(settings, "ca-file");
    DN base = dn(settings, "base", settings.requiredString("base"));
    Optional<NameFilter> filter =
        filter(settings, "filter", settings.string("filter").orElse("(uid=%u)"), Groups.Token.USER);
    String keyAttribute = attribute(settings, "key-attribute").orElse("sshPublicKey");
    Groups groups = groups(settings);
    Duration connect = timeout(settings, "connect-timeout", Duration.ofSeconds(2));
    Duration response = timeout(settings, "response-timeout", Duration.ofSeconds(2));
    Duration whole = timeout(settings, "timeout", Duration.ofSeconds(5));
    Duration fresh =
        settings.duration("fresh", Duration.ZERO, Duration.ofHours(1), Duration.ofSeconds(10));
    Duration stale =
        settings.duration("stale", Duration.ZERO, Duration.ofHours(24), Duration.ofMinutes(10));
    settings.check();

    Connector connector =
        new Connector(
            new Access(servers, new Trust(authorities, paths), login, connect, response),
            new RareReports(reporter, System::nanoTime));
    // Else nobody would be told before the first login fails.
    connector
        .obstacle()
        .ifPresent(
            why -> reporter.problem(type(), "nobody can log in through the directory: " + why));
    Directory directory =
        new Directory(
            connector,
            new People(
                base,
                filter.orElseThrow(),
                keyAttribute,
                groups,
                new FaultLog(reporter),
                new KeyLineParser(KeyOwner.ONE_USER, ZoneId.systemDefault())),
            new FaultLog(new RareReports(reporter, System::nanoTime)));
    Terms terms = new Terms(type(), whole, stale, PATIENCE, PAUSE);
    Questions<Question, Verdict> questions =
        new Questions<>(
            terms, directory, verdict -> verdict instanceof Verdict.Accepted, System::nanoTime);
    return new LdapPlugin(directory, questions, fresh);
  }

  private static Duration timeout(PluginSettings settings, String key, Duration otherwise) {
    return settings.duration(key, SHORTEST_TIMEOUT, LONGEST_TIMEOUT, otherwise);
  }

  private static Optional<Access.Login> login(PluginSettings settings, TrustedPaths paths) {
    Optional<String> dn = settings.string(BIND_DN);
    Optional<Path> file = path(settings, BIND_PASSWORD_FILE);
    if (dn.isPresent() && dn.get().isBlank()) {
      settings.fault(BIND_DN, "must not be empty: leave it out to ask as nobody");
    }
    if (dn.isPresent() && file.isEmpty()) {
      settings.fault(BIND_PASSWORD_FILE, "is missing: bind-dn needs a password");
    }
    if (dn.isEmpty() && file.isPresent()) {
      settings.fault(BIND_DN, "is missing: the password is for it");
    }
    return dn.flatMap(name -> file.map(at -> new Access.Login(name, new Secret(at, paths))));
  }

  private static Optional<Path> path(PluginSettings settings, String key) {
    return settings
        .string(key)
        .flatMap(text ->
            FilePath.parse(text, wrong -> settings.fault(key, "\"" + text + "\" " + wrong)));
  }

  private static DN dn(PluginSettings settings, String key, String text) {
    try {
      return new DN(text);
    } catch (LDAPException malformed) {
      settings.fault(
          key, "\"" + text + "\" is not the name of an entry, such as ou=people,dc=example,dc=com");
      return DN.NULL_DN;
    }
  }

  private static Optional<String> attribute(PluginSettings settings, String key) {
    Optional<String> name = settings.string(key);
    if (name.isPresent() && !name.get().matches(ATTRIBUTE)) {
      settings.fault(key, "\"" + name.get() + "\" is not the name of an attribute");
    }
    return name;
  }

  private static Optional<NameFilter> filter(
      PluginSettings settings, String key, String text, Groups.Token token) {
    for (Groups.Token other : Groups.Token.values()) {
      if (other != token && text.contains(other.text())) {
        settings.fault(
            key,
            "\"%s\" has %s too, which would be searched for as it is: %s alone stands for a name"
                .formatted(text, other.text(), token.text()));
        return Optional.empty();
      }
    }
    return NameFilter.parse(text, token.text(), fault -> settings.fault(key, fault));
  }

  private static Groups groups(PluginSettings settings) {
    Optional<String> attribute = attribute(settings, "group-attribute");
    Optional<String> filter = settings.string(GROUP_FILTER);
    Optional<String> base = settings.string(GROUP_BASE);
    if (attribute.isEmpty() && filter.isEmpty()) {
      base.ifPresent(_ -> settings.fault(GROUP_BASE, "needs group-attribute or group-filter"));
      return new Groups.None();
    }
    if (attribute.isPresent() && filter.isPresent()) {
      settings.fault(GROUP_FILTER, "and group-attribute are two ways to the groups: take one");
    }
    if (base.isEmpty() || base.get().isBlank()) {
      settings.fault(
          GROUP_BASE,
          "is missing: it says below which entry groups count, such as"
              + " ou=groups,dc=example,dc=com; elsewhere anybody might make one");
      return new Groups.None();
    }
    DN below = dn(settings, GROUP_BASE, base.get());
    if (filter.isEmpty()) {
      return new Groups.Attribute(attribute.orElseThrow(), below);
    }
    Groups.Token token =
        filter.get().contains(Groups.Token.ENTRY.text()) ? Groups.Token.ENTRY : Groups.Token.USER;
    return filter(settings, GROUP_FILTER, filter.get(), token)
        .<Groups>map(parsed -> new Groups.Search(parsed, token, below))
        .orElseGet(Groups.None::new);
  }
}
