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
import java.time.Instant;
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
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestrictionsMatrixTest {
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
    PLUGIN;

    /** Certificates have no option that says where their bearer may go. */
    boolean canSay(Restriction restriction) {
      return switch (restriction) {
        case ONLY_TO_THE_GREETER, ONLY_ELSEWHERE -> this != CERTIFICATE;
        default -> true;
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
    RESTRICT,
    ONLY_TO_THE_GREETER,
    ONLY_ELSEWHERE,
    ONLY_FROM_ELSEWHERE,
    EXPIRED,
    FORCED_COMMAND
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
      case RESTRICT -> EnumSet.of(Attempt.GATEWAY_COMMAND);
      // The forced command is recorded, and prints something else than what is tried.
      case ONLY_TO_THE_GREETER, FORCED_COMMAND -> EnumSet.of(Attempt.PLAIN_FORWARD);
      case ONLY_ELSEWHERE, ONLY_FROM_ELSEWHERE, EXPIRED -> EnumSet.noneOf(Attempt.class);
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
      case EXPIRED -> "expiry-time=\"20200101Z\" ";
      case FORCED_COMMAND -> "command=\"" + forced() + "\" ";
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
      case EXPIRED -> List.of("-V", "20190101:20200101");
      case FORCED_COMMAND -> List.of("-O", "force-command=" + forced());
      case ONLY_TO_THE_GREETER, ONLY_ELSEWHERE ->
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
      case EXPIRED -> none.withValidBefore(Instant.parse("2020-01-01T00:00:00Z"));
      case FORCED_COMMAND -> none.withCommand(forced());
    };
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
            ]\
            """
                .formatted(directory),
            "limits.authentication-tries = 100",
            "credentials { private = { type = key, file = \"%s\" } }"
                .formatted(instance.identity()),
            "recording.reserve = \"0 B\"",
            """
            rules = [
              { name = recorded, users = ["*"], to = ["127.0.0.1:%d"], record = session
                logins = ["%s"], credential = private, inner = [forward, agent] }
              { name = plain, users = ["*"], to = ["127.0.0.1:1-65535"] }
            ]\
            """
                .formatted(instance.port(), instance.user()));
    ssh = bastion.ssh();
    for (Restriction restriction : Restriction.values()) {
      for (Source source : Source.values()) {
        if (!source.canSay(restriction)) {
          continue;
        }
        String user = user(source, restriction);
        Path key = OpenSsh.makeKey(directory.resolve(user), "-t", "ed25519");
        give(source, restriction, user, key, restricting);
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

  static Stream<Arguments> matrix() {
    return Stream.of(Source.values())
        .flatMap(source ->
            Stream.of(Restriction.values())
                .filter(source::canSay)
                .map(restriction -> Arguments.of(source, restriction)));
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
  @EnumSource(Source.class)
  void aForcedCommandRunsWhateverIsAskedFor(Source source) {
    String user = user(source, Restriction.FORCED_COMMAND);
    assertThat(ssh.ssh(user, "rm -rf /").output()).isEqualTo("forced\n");
    assertThat(ssh.ssh("-s", user, "sftp").output()).isEqualTo("forced\n");
    assertThat(ssh.ssh("-T", user).output()).isEqualTo("forced\n");
    assertThat(ssh.ssh(user + "-inside", "true").errors()).contains("runs one command");
  }
}
