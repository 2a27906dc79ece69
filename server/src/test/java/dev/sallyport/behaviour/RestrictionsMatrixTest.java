package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Permission;
import dev.sallyport.spi.SourcePatterns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each source of restrictions, with each restriction it can give, on each kind of channel: stock
 * OpenSSH through the real server. What comes out must not depend on where a restriction came from.
 *
 * <pre>
 *                      key   CA    certi- plugin com-  rule
 *                      line  line  ficate        mand
 * NOTHING               x     x     x      x      x     x
 * NO_FORWARDING         x     x     x      x      x     a
 * NO_TERMINAL           x     x     x      x      x     a
 * NO_AGENT              x     x     x      x      x     x
 * NO_INNER_FORWARD      b     b     b      b      b     x
 * RESTRICT              x     x     x      x      x     a
 * ONLY_TO_THE_GREETER   x     x     c      x      x     x
 * ONLY_ELSEWHERE        x     x     c      x      x     x
 * ONLY_FROM_ELSEWHERE   x     x     x      x      x     x
 * NOT_NOW               x     x     x      x      x     x
 * FORCED_COMMAND        x     x     x      x      x     a
 * SECOND_FACTOR         d     d     d      d      d     x
 * </pre>
 *
 * What is not there cannot be said:
 *
 * <ul>
 *   <li>a: a rule is about where to and what for; it has no word for terminals and commands, and
 *       one without forwards at all is no rule ({@code inner} is about what is inside a recorded
 *       connection).
 *   <li>b: OpenSSH's words, and {@link Restrictions}, know one permission for every forward.
 *   <li>c: no option of a certificate says where its bearer may go.
 *   <li>d: what a key demands of its own signature (verify-required, touch) is proof of possession,
 *       before anything here; a second factor is demanded by rules alone.
 * </ul>
 *
 * A user of a directory (ldap) has key lines too, which the same {@code KeyList} reads as those of
 * a command; the laboratory has a real directory ({@code OtherSourcesIT}).
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestrictionsMatrixTest {
  private static final String INNER = "inner = [forward, agent]";
  private static final String ANYWHERE = "to = [\"127.0.0.1:1-65535\"]";

  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSshd instance;
  private static TcpTarget greeter;
  private static OpenSsh ssh;
  private static Path agentSocket;
  private static Path authority;
  private static Path usersAuthority;
  private static Command agent;

  /** Where a restriction comes from. */
  enum Source {
    KEY_LINE,
    AUTHORITY_LINE,
    CERTIFICATE,
    PLUGIN,
    COMMAND,
    RULE;

    /** As the table has it. */
    boolean canSay(Restriction restriction) {
      return switch (restriction) {
        case NOTHING, NO_AGENT, ONLY_FROM_ELSEWHERE, NOT_NOW -> true;
        case NO_FORWARDING, NO_TERMINAL, RESTRICT, FORCED_COMMAND -> this != RULE;
        case ONLY_TO_THE_GREETER, ONLY_ELSEWHERE -> this != CERTIFICATE;
        case NO_INNER_FORWARD, SECOND_FACTOR -> this == RULE;
      };
    }
  }

  /** What a user tries, and what it prints if it may be. */
  enum Attempt {
    PLAIN_FORWARD,
    RECORDED_SESSION,
    RECORDED_TERMINAL,
    RECORDED_AGENT,
    INNER_FORWARD,
    GATEWAY_COMMAND,
    GATEWAY_TERMINAL,
    GATEWAY_AGENT,
    LISTENING;

    private static final String DONE = "matrix-done";

    boolean works(String user) {
      String target = "-p %d %s@127.0.0.1".formatted(instance.port(), instance.user());
      return switch (this) {
        case PLAIN_FORWARD -> out("-W", greeter.address(), user).contains(DONE);
        case RECORDED_SESSION -> out(inside(user), "echo " + DONE).contains(DONE);
        case RECORDED_TERMINAL -> out("-tt", inside(user), "tty").contains("/dev/pts/");
        case RECORDED_AGENT -> withAgent(inside(user), "ssh-add -L").contains("matrix-key");
        case INNER_FORWARD -> out("-W", greeter.address(), inside(user)).contains(DONE);
        case GATEWAY_COMMAND -> out(user, "ssh " + target + " echo " + DONE).contains(DONE);
        case GATEWAY_TERMINAL ->
            out("-tt", user, "ssh -tt " + target + " tty").contains("/dev/pts/");
        case GATEWAY_AGENT ->
            withAgent(user, "ssh -A " + target + " ssh-add -L").contains("matrix-key");
        case LISTENING ->
            ssh.ssh("-o", "ExitOnForwardFailure=yes", "-R", "0:" + greeter.address(), user, "help")
                    .exit()
                == 0;
      };
    }

    private static String inside(String user) {
      return user + "-inside";
    }

    private static String out(String... arguments) {
      return ssh.ssh(arguments).output();
    }

    private static String withAgent(String host, String command) {
      return ssh.sshIn(
              Map.of("SSH_AUTH_SOCK", agentSocket.toString()),
              "-A",
              "-o",
              "IdentityAgent=SSH_AUTH_SOCK",
              host,
              command)
          .output();
    }
  }

  /** What is restricted. */
  enum Restriction {
    NOTHING,
    NO_FORWARDING,
    NO_TERMINAL,
    NO_AGENT,
    NO_INNER_FORWARD,
    RESTRICT,
    ONLY_TO_THE_GREETER,
    ONLY_ELSEWHERE,
    ONLY_FROM_ELSEWHERE,
    NOT_NOW,
    FORCED_COMMAND,
    SECOND_FACTOR
  }

  /** What is left. */
  private static Set<Attempt> left(Restriction restriction) {
    Set<Attempt> all = EnumSet.complementOf(EnumSet.of(Attempt.LISTENING));
    return switch (restriction) {
      case NOTHING -> all;
      case NO_FORWARDING ->
          EnumSet.of(Attempt.GATEWAY_COMMAND, Attempt.GATEWAY_TERMINAL, Attempt.GATEWAY_AGENT);
      case NO_TERMINAL -> {
        all.removeAll(EnumSet.of(Attempt.RECORDED_TERMINAL, Attempt.GATEWAY_TERMINAL));
        yield all;
      }
      case NO_AGENT -> {
        all.removeAll(EnumSet.of(Attempt.RECORDED_AGENT, Attempt.GATEWAY_AGENT));
        yield all;
      }
      case NO_INNER_FORWARD -> {
        all.remove(Attempt.INNER_FORWARD);
        yield all;
      }
      case RESTRICT -> EnumSet.of(Attempt.GATEWAY_COMMAND);
      // The forced command is recorded, and prints something else than what is tried.
      case ONLY_TO_THE_GREETER, FORCED_COMMAND -> EnumSet.of(Attempt.PLAIN_FORWARD);
      case ONLY_ELSEWHERE, ONLY_FROM_ELSEWHERE, NOT_NOW, SECOND_FACTOR ->
          EnumSet.noneOf(Attempt.class);
    };
  }

  private static String forced() {
    return "ssh -p %d %s@127.0.0.1 echo forced".formatted(instance.port(), instance.user());
  }

  /** The restriction as a key line's options say it. */
  private static String options(Restriction restriction) {
    return switch (restriction) {
      case NOTHING -> "";
      case NO_FORWARDING -> "no-port-forwarding ";
      case NO_TERMINAL -> "no-pty ";
      case NO_AGENT -> "no-agent-forwarding ";
      case RESTRICT -> "restrict ";
      case ONLY_TO_THE_GREETER -> "permitopen=\"" + greeter.address() + "\" ";
      case ONLY_ELSEWHERE -> "permitopen=\"127.0.0.1:9\",permitopen=\"10.0.0.1:*\" ";
      case ONLY_FROM_ELSEWHERE -> "from=\"10.0.0.0/8\" ";
      case NOT_NOW -> "expiry-time=\"20200101Z\" ";
      case FORCED_COMMAND -> "command=\"" + forced() + "\" ";
      case NO_INNER_FORWARD, SECOND_FACTOR ->
          throw new IllegalArgumentException("no key line says " + restriction);
    };
  }

  /** The restriction as ssh-keygen puts it into a certificate. */
  private static List<String> certificateOptions(Restriction restriction) {
    return switch (restriction) {
      case NOTHING -> List.of();
      case NO_FORWARDING -> List.of("-O", "no-port-forwarding");
      case NO_TERMINAL -> List.of("-O", "no-pty");
      case NO_AGENT -> List.of("-O", "no-agent-forwarding");
      case RESTRICT -> List.of("-O", "clear");
      case ONLY_FROM_ELSEWHERE -> List.of("-O", "source-address=10.0.0.0/8");
      case NOT_NOW -> List.of("-V", "20190101:20200101");
      case FORCED_COMMAND -> List.of("-O", "force-command=" + forced());
      case ONLY_TO_THE_GREETER, ONLY_ELSEWHERE, NO_INNER_FORWARD, SECOND_FACTOR ->
          throw new IllegalArgumentException("no certificate says " + restriction);
    };
  }

  private static void certify(Path authority, Path key, String principal, List<String> options) {
    List<String> words =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-s", authority.toString(), "-I", principal, "-n"));
    words.add(principal);
    words.addAll(options);
    words.add(key + ".pub");
    Command.Ended made = Command.run(words);
    assertThat(made.exit()).as(made.errors()).isZero();
  }

  /** The restriction as a plugin says it. */
  private static Restrictions restrictions(Restriction restriction) {
    Restrictions none = Restrictions.NONE;
    return switch (restriction) {
      case NOTHING -> none;
      case NO_FORWARDING -> none.without(Permission.FORWARDING);
      case NO_TERMINAL -> none.without(Permission.PTY);
      case NO_AGENT -> none.without(Permission.AGENT_FORWARDING);
      case RESTRICT -> none.withoutPermissions();
      case ONLY_TO_THE_GREETER ->
          none.withPermitOpen(Set.of(PermittedDestination.parse(greeter.address()).orElseThrow()));
      case ONLY_ELSEWHERE -> none.withPermitOpen(Set.of());
      case ONLY_FROM_ELSEWHERE -> none.withSource(SourcePatterns.parse("10.0.0.0/8"));
      case NOT_NOW -> none.withValidBefore(Instant.parse("2020-01-01T00:00:00Z"));
      case FORCED_COMMAND -> none.withCommand(forced());
      case NO_INNER_FORWARD, SECOND_FACTOR ->
          throw new IllegalArgumentException("no plugin says " + restriction);
    };
  }

  /** The restriction as the rules say it that are about this user alone. */
  private static String rules(Restriction restriction) {
    return switch (restriction) {
      case NOTHING -> recorded(restriction, INNER) + plain(restriction, ANYWHERE);
      case NO_AGENT -> recorded(restriction, "inner = [forward]") + plain(restriction, ANYWHERE);
      case NO_INNER_FORWARD ->
          recorded(restriction, "inner = [agent]") + plain(restriction, ANYWHERE);
      case ONLY_TO_THE_GREETER -> plain(restriction, "to = [\"" + greeter.address() + "\"]");
      case ONLY_ELSEWHERE -> plain(restriction, "to = [\"127.0.0.1:9\", \"10.0.0.1:1-65535\"]");
      case ONLY_FROM_ELSEWHERE -> both(restriction, "source = [\"10.0.0.0/8\"]");
      case NOT_NOW -> both(restriction, "time = [\"" + anotherDay() + " 00:00-24:00 UTC\"]");
      case SECOND_FACTOR -> both(restriction, "mfa = true");
      case NO_FORWARDING, NO_TERMINAL, RESTRICT, FORCED_COMMAND ->
          throw new IllegalArgumentException("no rule says " + restriction);
    };
  }

  private static String both(Restriction restriction, String terms) {
    return recorded(restriction, INNER + ", " + terms)
        + plain(restriction, ANYWHERE + ", " + terms);
  }

  private static String recorded(Restriction restriction, String terms) {
    String user = user(Source.RULE, restriction);
    return recorded(user + "-recorded", "\"" + user + "\"", terms);
  }

  private static String recorded(String name, String users, String terms) {
    return """
    { name = "%s", users = [%s], to = ["127.0.0.1:%d"], record = session
      logins = ["%s"], credential = private, %s }
    """
        .formatted(name, users, instance.port(), instance.user(), terms);
  }

  private static String plain(Restriction restriction, String terms) {
    String user = user(Source.RULE, restriction);
    return plain(user + "-plain", "\"" + user + "\"", terms);
  }

  private static String plain(String name, String users, String terms) {
    return "{ name = \"%s\", users = [%s], %s }\n".formatted(name, users, terms);
  }

  /** Not today, and not tomorrow if midnight comes. */
  private static String anotherDay() {
    return LocalDate.now(ZoneOffset.UTC)
        .plusDays(3)
        .getDayOfWeek()
        .name()
        .substring(0, 3)
        .toLowerCase(Locale.ROOT);
  }

  /** The rules of those whom their rules restrict, and everything for everybody else. */
  private static String allRules() {
    String others =
        cells()
            .filter(cell -> cell.source() != Source.RULE)
            .map(cell -> "\"" + user(cell.source(), cell.restriction()) + "\"")
            .collect(Collectors.joining(", "));
    return cells()
            .filter(cell -> cell.source() == Source.RULE)
            .map(cell -> rules(cell.restriction()))
            .collect(Collectors.joining())
        + recorded("recorded", others, INNER)
        + plain("plain", others, ANYWHERE);
  }

  /** A program of the operator's, which prints the lines of a user. */
  private static String keysCommand() throws IOException {
    // The account that it runs as must get this far.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(
        lines(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Path script =
        Files.writeString(
            directory.resolve("keys-command"),
            "#!/bin/sh\n[ ! -e '%1$s'/\"$1\" ] || cat '%1$s'/\"$1\"\n".formatted(lines()));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    String self = System.getProperty("user.name");
    return "{ type = command, command = [\"%s\", \"%%u\"], user = %s, timeout = \"30 s\", fresh = \"1 m\" }"
        .formatted(script, self.equals("root") ? "nobody" : self);
  }

  private static Path lines() {
    return directory.resolve("lines");
  }

  @BeforeAll
  static void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    greeter =
        TcpTarget.that((target, socket) ->
            target.write(socket, (Attempt.DONE + "\n").getBytes(StandardCharsets.UTF_8)));
    TestBastion.prepare(directory);
    authority = OpenSsh.makeKey(directory.resolve("ca"), "-t", "ed25519");
    usersAuthority = OpenSsh.makeKey(directory.resolve("users-ca"), "-t", "ed25519");
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    RestrictingPlugin restricting = new RestrictingPlugin();
    plugins.add(restricting);
    bastion =
        TestBastion.start(
            directory,
            plugins,
            """
            auth.plugins = [
              { type = restricting }
              { type = certificates, authorities = [ { file = "%1$s/ca.pub", principals = ["*"] } ] }
              { type = authorized-keys, files = ["%1$s/keys/%%u"] }
              %2$s
            ]\
            """
                .formatted(directory, keysCommand()),
            // Or a rule that demands more is an error; no key here is of FIDO.
            "auth.fido-second-factor = touch",
            "limits.authentication-tries = 100",
            "credentials { private = { type = key, file = \"%s\" } }"
                .formatted(instance.identity()),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + allRules() + "]");
    ssh = bastion.ssh();
    for (Cell cell : cells().toList()) {
      String user = user(cell.source(), cell.restriction());
      Path key = OpenSsh.makeKey(directory.resolve(user), "-t", "ed25519");
      give(cell.source(), cell.restriction(), user, key, restricting);
      String[] bastionHost = {
        "HostName 127.0.0.1", "Port " + bastion.port(), "User " + user, "IdentityFile " + key
      };
      ssh.host(user, bastionHost)
          .host(
              user + "-inside",
              "HostName 127.0.0.1",
              "Port " + instance.port(),
              "User " + instance.user(),
              "IdentityFile none",
              "ProxyJump " + user);
    }
    agentSocket = directory.resolve("agent");
    Path held = OpenSsh.makeKey(directory.resolve("held"), "-t", "ed25519", "-C", "matrix-key");
    agent = OpenSsh.startAgent(agentSocket, held);
  }

  private static void give(
      Source source, Restriction restriction, String user, Path key, RestrictingPlugin plugin)
      throws IOException {
    switch (source) {
      case KEY_LINE ->
          writeKeys(user, options(restriction) + Files.readString(Path.of(key + ".pub")));
      case AUTHORITY_LINE -> {
        String options = options(restriction).strip();
        writeKeys(
            user,
            "cert-authority"
                + (options.isEmpty() ? "" : "," + options)
                + " "
                + Files.readString(Path.of(usersAuthority + ".pub")));
        certify(usersAuthority, key, user, List.of());
      }
      case CERTIFICATE -> certify(authority, key, user, certificateOptions(restriction));
      case PLUGIN ->
          plugin.give(user, Files.readString(Path.of(key + ".pub")), restrictions(restriction));
      case COMMAND -> {
        Path file =
            Files.writeString(
                lines().resolve(user),
                options(restriction) + Files.readString(Path.of(key + ".pub")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
      case RULE -> writeKeys(user, Files.readString(Path.of(key + ".pub")));
    }
  }

  private static void writeKeys(String user, String line) throws IOException {
    Files.writeString(directory.resolve("keys").resolve(user), line);
  }

  private static String user(Source source, Restriction restriction) {
    return (source + "-" + restriction).toLowerCase(Locale.ROOT);
  }

  @AfterAll
  static void stop() throws IOException {
    agent.close();
    bastion.close();
    greeter.close();
    instance.close();
  }

  private record Cell(Source source, Restriction restriction) {}

  private static Stream<Cell> cells() {
    return Stream.of(Source.values())
        .flatMap(source ->
            Stream.of(Restriction.values())
                .filter(source::canSay)
                .map(restriction -> new Cell(source, restriction)));
  }

  static Stream<Arguments> matrix() {
    return cells().map(cell -> Arguments.of(cell.source(), cell.restriction()));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void whatIsLeftIsTheSameWhateverTheRestrictionCameFrom(Source source, Restriction restriction)
      throws Exception {
    String user = user(source, restriction);
    Set<Attempt> worked = EnumSet.noneOf(Attempt.class);
    Map<Attempt, Future<Boolean>> running = new EnumMap<>(Attempt.class);
    try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Attempt attempt : Attempt.values()) {
        running.put(attempt, together.submit(() -> attempt.works(user)));
      }
    }
    for (Map.Entry<Attempt, Future<Boolean>> one : running.entrySet()) {
      if (one.getValue().get()) {
        worked.add(one.getKey());
      }
    }
    assertThat(worked).isEqualTo(left(restriction));
  }

  @ParameterizedTest
  @EnumSource(value = Source.class, mode = EnumSource.Mode.EXCLUDE, names = "RULE")
  void aForcedCommandRunsWhateverIsAskedFor(Source source) {
    String user = user(source, Restriction.FORCED_COMMAND);
    assertThat(ssh.ssh(user, "rm -rf /").output()).isEqualTo("forced\n");
    assertThat(ssh.ssh("-s", user, "sftp").output()).isEqualTo("forced\n");
    assertThat(ssh.ssh("-T", user).output()).isEqualTo("forced\n");
    assertThat(ssh.ssh(user + "-inside", "true").errors()).contains("runs one command");
  }
}
