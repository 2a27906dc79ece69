package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.inspect.HostAuthority;
import dev.sallyport.transport.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * One sshd that stock OpenSSH clients reach in three ways. What the clients do is a bash script,
 * and it must end alike in all ways. Without a bastion it shows that the expectation is right.
 */
final class ThreeWays implements AutoCloseable {
  /**
   * The scripts' functions. A script's error output must be empty, so that no warning is missed.
   */
  private static final String PRELUDE =
      """
      set -u
      cd "$dir"
      free=($ports)
      ssh() { command ssh -F "$config" "$@"; }
      scp() { command scp -q -F "$config" "$@"; }
      sftp() { command sftp -q -F "$config" "$@"; }
      # Starts a connection that others share, in the background.
      master() { ssh -f -N -M -S c "$@" >master.log 2>&1; }
      shared() { ssh -S c "$@"; }
      trap '[ ! -e c ] || ssh -S c -O exit any 2>/dev/null' EXIT
      # Waits until a command succeeds.
      wait_until() {
        for _ in $(seq 1200); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
        echo "never: $*" >&2
      }
      fails() { ! "$@"; }
      # What the SSH server behind a local port says first.
      greeting() {
        { exec 3<>"/dev/tcp/127.0.0.1/$1" && read -r -t 60 line <&3; } 2>/dev/null || line=nothing
        exec 3<&-
        echo "${line%%-OpenSSH*}"
      }
      greets() { [ "$(greeting "$1")" = SSH-2.0 ]; }
      """;

  private static final int PORTS_FOR_A_SCRIPT = 8;

  /** Of one script; it takes a few seconds on a quiet machine. */
  private static final Duration LIMIT = Duration.ofSeconds(150);

  /** How clients come to the sshd. */
  enum Way {
    DIRECT,
    PLAIN,
    RECORDED;

    /** The host in ssh's configuration. */
    String host() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something that clients do.
   *
   * @param script for bash, with {@code $host}, {@code $port} (of the sshd, by a rule without a
   *     record), {@code $data} (a file of 300,000 random bytes), {@code $dir} and {@code $free}
   *     (unused ports)
   * @param output what it prints
   * @param recorded what it prints in a recorded connection: the same, or a difference that
   *     docs/recorded-sessions.md names
   */
  record Behaviour(String name, String script, String output, String recorded) {
    Behaviour(String name, String script, String output) {
      this(name, script, output, output);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * What the sshd offers on two ports.
   *
   * @param suffix of the hosts' names
   * @param settings lines of sshd_config(5)
   * @param plain port that no rule wants recorded
   * @param recorded port for connections that are recorded
   */
  private record Variant(String suffix, String settings, int plain, int recorded) {
    static Variant of(String suffix, String settings) {
      return new Variant(suffix, settings, FreePort.next(), FreePort.next());
    }
  }

  private final Path directory;
  private final OpenSshd sshd;
  private final TestBastion bastion;
  private final Variant usual = Variant.of("", "");
  private final Path data;

  /**
   * @param variants lines of sshd_config(5) for more hosts: those of {@code idle} are for {@code
   *     $host-idle}. sshd has sixteen listeners at most, two for each.
   * @param settings lines of sshd_config(5) for all hosts
   */
  ThreeWays(Path directory, Map<String, String> variants, String... settings) throws IOException {
    this.directory = directory;
    List<Variant> all = new ArrayList<>(List.of(usual));
    variants.forEach((name, lines) -> all.add(Variant.of("-" + name, lines)));
    sshd =
        new OpenSshd(
            directory.resolve("sshd"), sshdConfig(directory.resolve("sshd"), all, settings));
    bastion =
        TestBastion.start(
            directory,
            sshd.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + rules(all) + "]");
    all.forEach(this::nameHosts);
    trustHostKeys(all);
    data = directory.resolve("data");
    byte[] bytes = new byte[300_000];
    new Random(15).nextBytes(bytes);
    Files.write(data, bytes);
  }

  private static String[] sshdConfig(Path home, List<Variant> all, String... settings) {
    List<String> lines = new ArrayList<>(List.of(settings));
    lines.add("AcceptEnv CLIENT_*");
    // A user's .bashrc may print something.
    lines.add("SetEnv HOME=" + home);
    lines.add("MaxStartups 100");
    for (Variant variant : all) {
      lines.add("ListenAddress 127.0.0.1:" + variant.plain());
      lines.add("ListenAddress 127.0.0.1:" + variant.recorded());
    }
    for (Variant variant : all) {
      lines.add("Match LocalPort " + variant.plain());
      lines.add(variant.settings());
      lines.add("Match LocalPort " + variant.recorded());
      lines.add(variant.settings());
    }
    return lines.toArray(String[]::new);
  }

  private String rules(List<Variant> all) {
    return """
    { name = recorded, users = [alice], to = [%s], record = session, logins = ["%s"]
      credential = private, inner = [forward, agent] }
    { name = plain, users = [alice], to = ["127.0.0.1:1-65535"] }
    """
        .formatted(
            all.stream()
                .map(variant -> "\"127.0.0.1:" + variant.recorded() + "\"")
                .collect(Collectors.joining(", ")),
            sshd.user());
  }

  private void nameHosts(Variant variant) {
    String key = "IdentityFile " + sshd.identity();
    String suffix = variant.suffix();
    name(Way.DIRECT, suffix, variant.plain(), key);
    name(Way.PLAIN, suffix, variant.plain(), key, "ProxyJump bastion");
    name(Way.RECORDED, suffix, variant.recorded(), "IdentityFile none", "ProxyJump bastion");
  }

  private void name(Way way, String suffix, int port, String... more) {
    String[] lines =
        Stream.concat(
                Stream.of(
                    "HostName 127.0.0.1",
                    "Port " + port,
                    "User " + sshd.user(),
                    // A machine may have no IPv6, for a forward to listen on.
                    "AddressFamily inet"),
                Stream.of(more))
            .toArray(String[]::new);
    bastion.ssh().host(way.host() + suffix, lines);
  }

  /** So that no client warns of a host that it did not know. */
  private void trustHostKeys(List<Variant> all) throws IOException {
    String hosts =
        all.stream()
            .map(variant -> "[127.0.0.1]:" + variant.plain())
            .collect(Collectors.joining(","));
    Path state = directory.resolve("state");
    Files.writeString(
        bastion.ssh().knownHosts(),
        HostAuthority.load(state).knownHostsLine("*")
            + "\nforwarded,"
            + hosts
            + " "
            + Files.readString(directory.resolve("sshd/host.pub")));
    Command.Ended greeted = bastion.ssh().ssh("bastion");
    assertThat(greeted.output()).as(greeted.errors()).contains("You are alice");
  }

  /** Each behaviour in each way, as arguments of a parameterised test. */
  static Stream<Arguments> inAllWays(List<Behaviour> behaviours) {
    return behaviours.stream()
        .flatMap(
            behaviour -> Stream.of(Way.values()).map(way -> Arguments.arguments(behaviour, way)));
  }

  /** Runs the script in a folder of its own. */
  void check(Behaviour behaviour, Way way) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(way.host()).resolve(behaviour.name()));
    Map<String, String> environment =
        Map.of(
            "host",
            way.host(),
            "config",
            directory.resolve("ssh_config").toString(),
            "dir",
            folder.toString(),
            "data",
            data.toString(),
            "port",
            Integer.toString(usual.plain()),
            "ports",
            IntStream.range(0, PORTS_FOR_A_SCRIPT)
                .mapToObj(i -> Integer.toString(FreePort.next()))
                .collect(Collectors.joining(" ")),
            "user",
            sshd.user(),
            "LC_ALL",
            "C.UTF-8");

    Command.Ended ended =
        Command.run(List.of("bash", "-c", PRELUDE + behaviour.script()), environment, LIMIT);

    assertThat(ended.output())
        .as("%s %s: %s", behaviour, way, ended.errors())
        .isEqualTo(way == Way.RECORDED ? behaviour.recorded() : behaviour.output());
    assertThat(ended.errors()).as("%s %s", behaviour, way).isEmpty();
  }

  @Override
  public void close() {
    bastion.close();
    sshd.close();
  }
}
