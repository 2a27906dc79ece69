package dev.sallyport.behaviour;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.connection.ConnectionServer;
import dev.sallyport.connection.ConnectionSettings;
import dev.sallyport.connection.HostKeys;
import dev.sallyport.connection.InForce;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.gateway.inspect.InspectSettings;
import dev.sallyport.gateway.inspect.Inspections;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.memory.MemoryAccount;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.SystemResolver;
import dev.sallyport.recording.Recordings;
import dev.sallyport.ssh.PublicKeyWork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The server whose inner connections end in channels of the test's own: no target is logged in to,
 * so what is shown is the inspection alone.
 */
final class InspectingBastion implements AutoCloseable {
  private final Path directory;
  private final Loading.Loaded loaded;
  private final AuditLog audit;
  private final Strangers strangers;
  private final Forwards forwards;
  private final PublicKeyWork computing = new PublicKeyWork();
  private final Recordings recordings;
  private final Inspections inspections;
  private final ConnectionServer server;
  private final HostAuthority authority;
  private final OpenSsh ssh;

  InspectingBastion(Path directory, TestChannels channels, String... settings) throws IOException {
    this(directory, channels, 64 * 1024 * 1024, settings);
  }

  /**
   * @param memory of all forwards, in bytes
   */
  InspectingBastion(Path directory, TestChannels channels, long memory, String... settings)
      throws IOException {
    this.directory = directory;
    this.loaded = load(TestBastion.prepare(directory, settings));
    Configuration configuration = loaded.configuration();
    audit = AuditLog.open(configuration.stateDir().resolve("audit"), "test");
    strangers = new Strangers(audit, configuration.audit());
    forwards =
        new Forwards(
            configuration.forwards(),
            audit,
            new MemoryAccount(memory, _ -> {}),
            Descriptors.ofProcess(),
            new DialRates());
    authority = HostAuthority.load(configuration.stateDir());
    inspections =
        new Inspections(
            new InspectSettings(
                configuration.inspectedNames(),
                configuration.algorithms(),
                configuration.limits().time(),
                configuration.limits().authenticationTries(),
                configuration.limits().channelsPerConnection()),
            authority,
            channels::of,
            audit,
            computing);
    recordings =
        Recordings.open(
            configuration.stateDir().resolve("recordings"),
            configuration.recording(),
            audit,
            "test");
    recordings.begin();
    server =
        new ConnectionServer(
            configuration.listen(),
            new InForce(
                new ConnectionSettings(
                    configuration.auth().methods(),
                    configuration.auth().banner(),
                    configuration.limits(),
                    configuration.penalties(),
                    configuration.proxies(),
                    configuration.algorithms()),
                HostKeys.load(
                    configuration.hostKeys(), configuration.stateDir().resolve("host-keys")),
                new Authenticator(
                    loaded.plugins(), configuration.groups(), configuration.auth().secondFactors()),
                configuration.auth().recheck(),
                new DecisionPoint(configuration.policy(), new OwnAddresses(), new SystemResolver()),
                loaded::close),
            forwards,
            inspections,
            new Gateway(
                new Targets(
                    configuration.targets(),
                    configuration.credentials(),
                    configuration.stateDir(),
                    audit,
                    computing),
                recordings,
                audit,
                forwards::settings,
                Descriptors.ofProcess(),
                new DialRates()),
            audit,
            strangers,
            computing,
            InstantSource.system());
    InetSocketAddress address = server.bind().getFirst();
    server.accept();
    ssh =
        new OpenSsh(directory)
            .host(
                "bastion",
                "HostName 127.0.0.1",
                "Port " + address.getPort(),
                "User alice",
                "UserKnownHostsFile " + directory.resolve("known_bastions"),
                "IdentityFile " + directory.resolve("alice"));
  }

  private static Loading.Loaded load(Path file) {
    ConfigurationLoader loader =
        new ConfigurationLoader(
            ConfigurationLoader.installedPlugins(),
            (where, what) -> {
              throw new AssertionError(where + ": " + what);
            });
    return switch (loader.load(file)) {
      case Loading.Rejected rejected -> throw new AssertionError(rejected.errors().toString());
      case Loading.Loaded right -> right;
    };
  }

  /** The users' programs, which know the bastion by the name {@code bastion}. */
  OpenSsh ssh() {
    return ssh;
  }

  /** From now on the programs trust the hosts that the bastion's CA signs, and no other. */
  void trustAuthority() throws IOException {
    Files.writeString(ssh.knownHosts(), authority.knownHostsLine("*") + "\n");
  }

  AuditReader audit() {
    return new AuditReader(TestBastion.auditDirectory(directory));
  }

  /** Forwards that are opening or open. */
  int forwards() {
    return forwards.count();
  }

  @Override
  public void close() {
    try {
      server.stop(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inspections.close();
    computing.close();
    recordings.close();
    forwards.close();
    loaded.close();
    strangers.close();
    audit.close();
  }

  static List<String> rules(String more) {
    return List.of(
        """
        rules = [ { name = web-ssh, groups = [ops], to = ["127.0.0.1:1-65535"], record = session
                    logins = [ec2-user], credential = agent%s } ]
        """
            .formatted(more),
        "credentials.agent = { type = agent }");
  }
}
