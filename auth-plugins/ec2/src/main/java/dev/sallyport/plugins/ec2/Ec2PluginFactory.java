package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Reporter;
import dev.sallyport.support.files.FilePath;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.RareReports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes plugins of type {@code ec2}. */
public final class Ec2PluginFactory implements AuthPluginFactory {
  private static final String LAUNCH_KEY_USERS = "launch-key-users";
  private static final String INSTANCE_CONNECT = "instance-connect";
  private static final String ENDPOINT = "endpoint";
  private static final String ROOTS = "roots";

  /** The user of Amazon Linux's images, whom the launch key lets in there. */
  private static final List<String> USUAL_USERS = List.of("ec2-user");

  private final Map<String, String> environment;
  private final AcceptedLogins accepted = new AcceptedLogins();

  /** For {@link java.util.ServiceLoader}. */
  public Ec2PluginFactory() {
    this(System.getenv());
  }

  /**
   * @param environment in which {@link MetadataEndpoint#VARIABLE} may be
   */
  Ec2PluginFactory(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public String type() {
    return "ec2";
  }

  @Override
  public AuthPlugin open(PluginSettings settings, Reporter reporter)
      throws InvalidSettingsException {
    List<String> users = settings.strings(LAUNCH_KEY_USERS).orElse(USUAL_USERS);
    for (String user : users) {
      if (UserName.of(user).isEmpty()) {
        settings.fault(
            LAUNCH_KEY_USERS,
            "must be names of letters, digits, _, ., @, + and -, of at most "
                + UserName.LONGEST
                + " characters");
      }
    }
    boolean connect = settings.bool(INSTANCE_CONNECT, true);
    MetadataEndpoint endpoint = endpoint(settings);
    Optional<TrustedRoots> roots = roots(settings, reporter);
    settings.check();
    MetadataClient metadata = new MetadataClient(endpoint);
    Reporter seldom = new RareReports(reporter, System::nanoTime);
    Consumer<String> problems = what -> seldom.problem(endpoint.toString(), what);
    Optional<RecentAnswers> instanceConnect =
        connect
            ? roots
                .map(trusted ->
                    new InstanceConnect(metadata, trusted, problems, InstantSource.system()))
                .map(RecentAnswers::new)
            : Optional.empty();
    return new Ec2Plugin(
        metadata,
        Set.copyOf(users),
        new LaunchKeys(metadata, problems, System::nanoTime),
        instanceConnect,
        accepted,
        new VpcNetworks(metadata),
        problems);
  }

  private MetadataEndpoint endpoint(PluginSettings settings) {
    Optional<String> written = settings.string(ENDPOINT);
    Optional<String> inherited =
        Optional.ofNullable(environment.get(MetadataEndpoint.VARIABLE))
            .filter(text -> !text.isEmpty());
    try {
      return written
          .or(() -> inherited)
          .map(MetadataEndpoint::parse)
          .orElse(MetadataEndpoint.DEFAULT);
    } catch (IllegalArgumentException e) {
      settings.fault(
          ENDPOINT,
          (written.isPresent() ? "" : "(from " + MetadataEndpoint.VARIABLE + ") ")
              + e.getMessage());
      return MetadataEndpoint.DEFAULT;
    }
  }

  private static Optional<TrustedRoots> roots(PluginSettings settings, Reporter reporter) {
    Optional<String> file = settings.string(ROOTS);
    try {
      if (file.isEmpty()) {
        return Optional.of(TrustedRoots.ofJava());
      }
      Optional<Path> path = FilePath.parse(file.get(), wrong -> settings.fault(ROOTS, wrong));
      if (path.isPresent()) {
        return Optional.of(TrustedRoots.ofFile(path.get(), TrustedPaths.ofOperator(reporter)));
      }
    } catch (UnusableFileException e) {
      settings.fault(ROOTS, String.valueOf(e.getMessage()));
    } catch (IOException | IllegalArgumentException e) {
      settings.fault(
          ROOTS,
          (file.isPresent() ? "the file " : "this Java's root certificates ")
              + (e instanceof java.nio.file.FileSystemException
                  ? "cannot be read"
                  : e.getMessage()));
    }
    return Optional.empty();
  }
}
