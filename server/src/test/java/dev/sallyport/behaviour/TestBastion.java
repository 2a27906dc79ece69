package dev.sallyport.behaviour;

import dev.sallyport.Bastion;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.config.Loading;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.operations.ServiceManager;
import dev.sallyport.policy.SystemResolver;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real server in a folder of its own, from a real configuration file: alice (of the group ops)
 * may go to every port of 127.0.0.1, and mallory, who has a key too, nowhere. Loopback is private
 * here, and dialled because unsafe-networks names it; it is exempt from penalties, which the tests
 * would earn together.
 */
final class TestBastion implements AutoCloseable {
  private final Path directory;
  private final Bastion bastion;
  private final OpenSsh ssh;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TestBastion(Path directory, Bastion bastion) {
    this.directory = directory;
    this.bastion = bastion;
    this.ssh = clients(directory, port());
  }

  /** Starts; the settings are lines of the block {@code sallyport}, also in the place of others. */
  static TestBastion start(Path directory, String... settings) throws IOException {
    return start(directory, ConfigurationLoader.installedPlugins(), settings);
  }

  /** With other plugins than those that are installed. */
  static TestBastion start(Path directory, List<AuthPluginFactory> plugins, String... settings)
      throws IOException {
    return start(directory, plugins, InstantSource.system(), settings);
  }

  /** At another time. */
  static TestBastion start(
      Path directory, List<AuthPluginFactory> plugins, InstantSource clock, String... settings)
      throws IOException {
    Path file = prepare(directory, settings);
    ConfigurationLoader loader =
        new ConfigurationLoader(
            plugins,
            (where, what) -> {
              // Of a rule that leads nowhere, which some tests want, a warning is right.
              if (!where.startsWith(file.toString())) {
                throw new AssertionError(where + ": " + what);
              }
            });
    return switch (loader.load(file)) {
      case Loading.Rejected rejected -> throw new AssertionError(rejected.errors().toString());
      case Loading.Loaded loaded ->
          new TestBastion(
              directory,
              new Bastion(
                  loader, loaded, new SystemResolver(), "test", clock, ServiceManager.none()));
    };
  }

  /** Makes what the server needs, and does not start it. */
  static Path prepare(Path directory, String... settings) throws IOException {
    Path keys = directory.resolve("keys");
    if (!Files.exists(keys)) {
      Files.createDirectory(
          keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (String user : new String[] {"alice", "mallory"}) {
        authorize(directory, user, OpenSsh.makeKey(directory.resolve(user), "-t", "ed25519"));
      }
    }
    String more = String.join("\n  ", settings);
    String ours =
        """
        sallyport {
          listen = ["127.0.0.1:0"]
          state-dir = "%1$s/state"
          host-keys = [ed25519]
          stop-timeout = "1 s"
          private-networks = ["127.0.0.0/8"]
          unsafe-networks = ["127.0.0.0/8"]
          auth.plugins = [ { type = authorized-keys, files = ["%1$s/keys/%%u"] } ]
          groups.ops = [alice]
          penalties.exempt = ["127.0.0.0/8"]
          audit.disk-warning = 100
          rules = [ { name = to-private, groups = [ops], to = ["127.0.0.1:1-65535"] } ]
        """
            .formatted(directory);
    return Files.writeString(
        directory.resolve("sallyport.conf"),
        ours.lines()
                .filter(line -> !isGiven(line.strip().split(" ")[0], more))
                .collect(Collectors.joining("\n"))
            + "\n  "
            + more
            + "\n}\n");
  }

  /** Whether the settings have a key, alone or within its block, and do not add to it. */
  private static boolean isGiven(String key, String settings) {
    String either = String.join("(?:\\.|\\s*\\{[^}]*\\b)", key.split("\\."));
    return Pattern.compile("(?m)^\\s*" + either + "\\s*=").matcher(settings).find();
  }

  /** Starts it as a process of its own, by a file that {@link #prepare} made. */
  static Command serve(Path configuration, String... options) {
    return Command.start(
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of(options),
                Stream.of(
                    // As the launcher has it for this command.
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.sallyport.Main",
                    "serve",
                    "--config",
                    configuration.toString()))
            .flatMap(words -> words)
            .toList());
  }

  /** Waits until a process says in its audit log where it listens. */
  static int awaitPort(AuditReader audit) {
    String listen = audit.await("server-started").json().at("/unmapped/listen/0").asString("");
    return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
  }

  /** Lets the user in with this key, from now on. */
  static void authorize(Path directory, String user, Path key) throws IOException {
    Path file = directory.resolve("keys").resolve(user);
    String before = Files.exists(file) ? Files.readString(file) : "";
    writeKeys(directory, user, before + Files.readString(Path.of(key + ".pub")));
  }

  /** Replaces a user's keys at once: a server that looks meanwhile sees the old or the new. */
  static void writeKeys(Path directory, String user, String lines) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh-keys"), lines);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, directory.resolve("keys").resolve(user), StandardCopyOption.ATOMIC_MOVE);
  }

  void authorize(String user, Path key) throws IOException {
    authorize(directory, user, key);
  }

  /** Lets the user in with this key and these options of a key file, and with no other. */
  void authorizeOnly(String user, Path key, String options) throws IOException {
    Path file = directory.resolve("keys").resolve(user);
    Files.writeString(file, options + " " + Files.readString(Path.of(key + ".pub")));
  }

  /** The users' programs, for a server that listens there. */
  static OpenSsh clients(Path directory, int port) {
    return new OpenSsh(directory)
        .host("bastion", hostLines(directory, port, "alice"))
        .host("bastion-as-mallory", hostLines(directory, port, "mallory"));
  }

  private static String[] hostLines(Path directory, int port, String user) {
    return new String[] {
      "HostName 127.0.0.1",
      "Port " + port,
      "User " + user,
      "IdentityFile " + directory.resolve(user)
    };
  }

  /** Replaces the configuration file by one with these settings, and has it read. */
  ReloadAnswer reload(String... settings) throws IOException {
    prepare(directory, settings);
    return bastion.reload().join();
  }

  /** Has the file read as it is. */
  CompletableFuture<ReloadAnswer> reloadAsItIs() {
    return bastion.reload();
  }

  int port() {
    return bastion.listening().getFirst().getPort();
  }

  /** The users' programs, which know the bastion by the name {@code bastion}. */
  OpenSsh ssh() {
    return ssh;
  }

  AuditReader audit() {
    return new AuditReader(auditDirectory(directory));
  }

  static Path auditDirectory(Path directory) {
    return directory.resolve("state/audit");
  }

  /** Stops it, as SIGTERM does; only the first call counts. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      bastion.close();
    }
  }
}
