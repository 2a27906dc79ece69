package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.config.TestPlugins;
import dev.sallyport.model.IpText;
import dev.sallyport.model.TimeText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class CommandLineTest {
  private static final String CONFIGURATION =
      """
      sallyport {
        listen = ["127.0.0.1:0"]
        private-networks = ["10.0.0.0/16", "fd00:1::/64"]
        own-addresses = ["10.0.1.10"]
        auth.plugins = [ { type = authorized-keys, files = ["/keys/%u"] } ]
        groups { ops = [alice] }
        auth.fido-second-factor = touch
        rules = [
          { name = web, groups = [ops], to = ["10.0.2.0/24:22", "[fd00:1::/64]:22"] }
          { name = secret, groups = [ops], to = ["10.0.4.0/24:22"], mfa = true }
          { name = late, groups = [ops], to = ["10.0.4.0/23:22"] }
          { name = office, users = [bob], source = ["203.0.113.0/24"]
            time = ["mon-fri 08:00-18:00 UTC"], to = ["10.0.2.0/24:22"] }
          { name = db, users = [carol], to = ["db.internal:5432"] }
          { name = far, users = [carol], to = ["10.0.0.0/8:80"] }
        ]
      }
      """;

  @TempDir Path folder;
  private final TestPlugins plugins = new TestPlugins();
  private final AtomicInteger lookups = new AtomicInteger();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("sallyport.conf"), CONFIGURATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "config --help",
        "config check --help",
        "config print --help",
        "policy --help",
        "policy explain --help",
        "login --help",
        "login explain --help",
        "recording --help",
        "recording list --help",
        "recording play --help",
        "recording export --help",
        "host-ca show --help",
        "user-ca show --help",
        "known-hosts list --help",
        "known-hosts forget --help",
        "second-factor enroll --help",
        "second-factor list --help",
        "second-factor remove --help",
      })
  void helpIsEverywhere(String arguments) {
    assertThat(run(arguments.split(" "))).isZero();
    assertThat(out.toString()).startsWith("Usage: sallyport").contains("--help", "--version");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void showsTheHostAuthorityAsALineForKnownHosts() throws Exception {
    inStateDir(folder);

    assertThat(run("host-ca", "show", "--config", folder.resolve("sallyport.conf").toString()))
        .as(err.toString())
        .isZero();
    String line = out.toString();
    assertThat(line).matches("@cert-authority \\* ssh-ed25519 [A-Za-z0-9+/=]+ sallyport-host-ca\n");
    assertThat(
            run(
                "host-ca",
                "show",
                "--hosts",
                "10.0.*,[localhost]:*",
                "--config",
                folder.resolve("sallyport.conf").toString()))
        .isZero();
    assertThat(out.toString()).isEqualTo(line + line.replace("*", "10.0.*,[localhost]:*"));
    out.getBuffer().setLength(0);

    assertThat(
            run(
                "host-ca",
                "show",
                "--json",
                "--config",
                folder.resolve("sallyport.conf").toString()))
        .isZero();
    JsonNode shown = SafeJson.MAPPER.readTree(out.toString());
    assertThat(shown.path("line").asString() + "\n").isEqualTo(line);
    assertThat(shown.path("hosts").asString()).isEqualTo("*");
    assertThat(line).contains(" " + shown.path("key").asString() + " ");
  }

  @Test
  void makesNoHostAuthorityWhereThereIsNoServer() throws Exception {
    inStateDir(folder.resolve("nowhere"));

    assertThat(run("host-ca", "show", "--config", folder.resolve("sallyport.conf").toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("there is no host CA in").contains("when it starts");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  private void inStateDir(Path stateDir) throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        CONFIGURATION.replace(
            "own-addresses", "state-dir = \"" + stateDir + "\"\n  own-addresses"));
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("sallyport ");
  }

  @ParameterizedTest
  @CsvSource({
    "'', Missing required subcommand",
    "config, Missing required subcommand",
    "policy, Missing required subcommand",
    "recording, Missing required subcommand",
    "confg, Unmatched argument",
    "config check --confg x, Unknown option",
    "config check extra, Unmatched argument",
    "policy explain --to a:1, --user",
    "policy explain --user a --to nowhere, HOST:PORT",
    "policy explain --user a --to fd00::5:22, in brackets",
    "policy explain --user a --to a:ssh, HOST:PORT",
    "policy explain --user a --to a:22 --source here, write an address",
    "policy explain --user a --to a:22 --source 127.1, write an address",
    "policy explain --user a --to a:22 --at noon, write a time",
    "policy explain --user a --to a:22 --at 2026-11-23T25:00:00, write a time",
  })
  void wrongUsageExitsWith2AndSaysWhat(String arguments, String message) {
    assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void checksAFileThatIsRight() {
    assertThat(withConfig("config", "check")).isZero();
    assertThat(out.toString()).isEqualTo(folder.resolve("sallyport.conf") + ": no errors\n");
    assertThat(plugins.open()).isZero();
  }

  private void write(String more) throws Exception {
    Files.writeString(
        folder.resolve("sallyport.conf"),
        CONFIGURATION.replaceFirst(
            "sallyport \\{", "sallyport {\n  state-dir = \"" + folder + "/state\"\n  " + more));
  }

  /** Something is used on every disk. */
  @Test
  void aCheckWarnsOfADiskThatIsAsFullAsTheLimit() throws Exception {
    write("audit.disk-warning = 1");
    assertThat(withConfig("config", "check")).isZero();
    assertThat(err.toString().lines())
        .filteredOn(line -> line.contains("file system"))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .startsWith("warning: the file system of " + folder + "/state/audit is ")
                .endsWith("when it is full, nothing is granted to anybody"));
  }

  @Test
  void aCheckSaysNothingOfADiskThatHasRoom() throws Exception {
    write("audit.disk-warning = 100");
    assertThat(withConfig("config", "check")).isZero();
    assertThat(err.toString()).doesNotContain("file system");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config check", "config print", "policy explain --user a --to b:22"})
  void aWrongFileExitsWith78AndAllErrors(String command) throws Exception {
    Files.writeString(folder.resolve("sallyport.conf"), "sallyport {\n lisen = []\n rules = 7\n}");
    assertThat(withConfig(command.split(" "))).isEqualTo(78);
    String file = folder.resolve("sallyport.conf").toString();
    assertThat(err.toString().lines())
        .contains(file + ":2: sallyport.lisen: is an unknown key (did you mean listen?)")
        .contains(file + ":3: sallyport.rules: must be a list: [ ... ]")
        .allMatch(line -> line.startsWith(file));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aCheckPrintsWhatItFindsAsJson() throws Exception {
    write("audit.disk-warning = 1");
    assertThat(withConfig("config", "check", "--json")).isZero();
    assertThat(out.toString().lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("{\"level\":\"warning\",\"text\":\""));
    out.getBuffer().setLength(0);

    Files.writeString(folder.resolve("sallyport.conf"), "sallyport {\n lisen = []\n}");
    assertThat(withConfig("config", "check", "--json")).isEqualTo(78);
    assertThat(out.toString().lines().map(line -> SafeJson.MAPPER.readTree(line)))
        .allMatch(found -> found.path("level").asString().equals("error"))
        .anyMatch(found ->
            found
                .path("text")
                .asString()
                .equals(
                    folder.resolve("sallyport.conf")
                        + ":2: sallyport.lisen: is an unknown key (did you mean listen?)"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aMissingFileExitsWith78() {
    assertThat(run("config", "check", "--config", folder.resolve("none").toString())).isEqualTo(78);
    assertThat(err.toString()).contains("none: does not exist");
  }

  @Test
  void printsAFileThatPrintsTheSame() throws Exception {
    assertThat(withConfig("config", "print")).isZero();
    String printed = out.toString();
    Files.writeString(folder.resolve("sallyport.conf"), printed);
    out.getBuffer().setLength(0);
    assertThat(withConfig("config", "print")).isZero();
    assertThat(out.toString()).isEqualTo(printed).contains("login-grace = \"1 m\"");
    out.getBuffer().setLength(0);

    assertThat(withConfig("config", "print", "--json")).isZero();
    String json = out.toString();
    assertThat(json.lines()).hasSize(1);
    assertThat(SafeJson.MAPPER.readTree(json).at("/sallyport/limits/login-grace").asString())
        .as(json)
        .isEqualTo("1 m");
    Files.writeString(folder.resolve("sallyport.conf"), json);
    out.getBuffer().setLength(0);
    assertThat(withConfig("config", "print")).isZero();
    assertThat(out.toString()).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice | 10.0.2.5:22 | | 0 | allowed: 10.0.2.5:22 by rule web",
        "alice | [fd00:1::5]:22 | | 0 | allowed: [fd00:1::5]:22 by rule web",
        "alice | web.internal:22 | | 0 | allowed: web.internal:22 by rule web",
        "alice | 10.0.2.5:23 | | 1 | denied (no-rule): 10.0.2.5:23 is in no rule for alice",
        "eve | 10.0.2.5:22 | | 1 | denied (no-rule): 10.0.2.5:22 is in no rule for eve",
        "eve | 10.0.2.5:22 | --group ops | 0 | allowed: 10.0.2.5:22 by rule web",
        "carol | 10.9.9.9:80 | | 1 | denied (not-private): 10.9.9.9:80 is not in private-networks",
        "carol | 169.254.169.254:80 | | 1 | denied (metadata-service): 169.254.169.254:80 is the"
            + " cloud's metadata service and is never reached",
        "carol | 10.0.1.10:80 | | 1 | denied (own-address): 10.0.1.10:80 is the bastion itself and"
            + " is never reached",
        "carol | 127.0.0.1:80 | | 1 | denied (loopback): 127.0.0.1:80 is a loopback address and is"
            + " never reached",
        "carol | db.internal:5432 | | 0 | allowed: db.internal:5432 by rule db",
        "carol | no.internal:80 | | 1 | denied (unresolved): no.internal:80 does not resolve",
        "alice | 127.1:22 | | 1 | denied (malformed-target): the host of 127.1:22 is an unusual",
        "alice | 10.0.2.5:70000 | | 1 | denied (malformed-target): 10.0.2.5:70000 has no port",
        "alice | [::1%eth0]:22 | | 1 | denied (malformed-target)",
        "bob | 10.0.2.5:22 | --source 203.0.113.7 --at 2026-11-23T12:00:00Z | 0 | by rule office",
        "bob | 10.0.2.5:22 | --source 203.0.113.7 --at 2026-11-23T18:59:00+01:00 | 0 | office",
        "bob | 10.0.2.5:22 | --source 203.0.113.7 --at 2026-11-23T18:00:00Z | 1"
            + " | office: is for other times",
        "bob | 10.0.2.5:22 | --source 198.51.100.7 --at 2026-11-23T12:00:00Z | 1"
            + " | office: is for other sources",
        "bob | 10.0.2.5:22 | --at 2026-11-23T12:00:00Z | 1 | office: is for other sources",
        "bob | 10.0.2.5:22 | | 1 | web: is for other users",
        "alice | 10.0.3.5:22 | | 1 | web: is for other targets",
        "alice | 10.0.4.5:22 | | 1 | secret: has mfa = true",
        "alice | 10.0.4.5:22 | | 1 | denied (second-factor): 10.0.4.5:22 demands a second factor",
        "alice | 10.0.4.5:22 | --mfa | 0 | allowed: 10.0.4.5:22 by rule secret",
        "alice | 10.0.3.5:22 | --mfa | 1 | alice (groups: ops; with a second factor) from",
      })
  void explainsWithTheExitCodeThatAnswers(
      String user, String to, String more, int code, String text) {
    String arguments = "policy explain --user " + user + " --to " + to;
    assertThat(withConfig((arguments + (more == null ? "" : " " + more)).split(" ")))
        .isEqualTo(code);
    assertThat(out.toString()).contains(text);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void explainsEveryAddressOfAName() {
    assertThat(
            withConfig(
                "policy explain --user alice --to mixed.internal:22 --at 2026-11-23T12:00:00Z"
                    .split(" ")))
        .isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            alice (groups: ops) from 0.0.0.0 at TIME to mixed.internal:22
              64:ff9b::7f00:1: denied (loopback), which is 127.0.0.1
              10.0.2.5: allowed by rule web
              10.0.9.9: denied (no-rule)
                web: is for other targets
                secret: is for other targets
                late: is for other targets
                office: is for other users
                db: is for other users
                far: is for other users
            allowed: mixed.internal:22 by rule web
            """
                .replace("TIME", TimeText.local().of(Instant.parse("2026-11-23T12:00:00Z"))));
    assertThat(lookups).hasValue(1);
  }

  @Test
  void doesNotResolveWhatNoRuleCouldAllow() {
    assertThat(withConfig("policy explain --user eve --to secret.internal:22".split(" ")))
        .isEqualTo(1);
    assertThat(lookups).hasValue(0);
  }

  @Test
  void escapesWhatItRepeats() {
    assertThat(withConfig("policy", "explain", "--user", "e\u001bve", "--to", "a\u001b\nb:22"))
        .isEqualTo(1);
    assertThat(out.toString()).matches("[ -~\n]+");
  }

  @Test
  void ourOwnBugIsNotTakenForAnAnswer() {
    CommandLine command =
        Main.commandLine(
                plugins.factories(),
                name -> {
                  throw new IllegalStateException("bug");
                })
            .setErr(new PrintWriter(err, true));
    int code =
        command.execute(
            "policy",
            "explain",
            "--user",
            "carol",
            "--to",
            "db.internal:5432",
            "--config",
            folder.resolve("sallyport.conf").toString());
    assertThat(code).isEqualTo(70);
    assertThat(err.toString()).contains("this is a bug");
    assertThat(plugins.open()).isZero();
  }

  private int withConfig(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = folder.resolve("sallyport.conf").toString();
    return run(all);
  }

  private int run(String... arguments) {
    return Main.commandLine(
            plugins.factories(),
            name -> {
              lookups.incrementAndGet();
              return switch (name.name()) {
                case "web.internal" -> addresses("10.0.2.5");
                case "db.internal" -> addresses("10.0.3.15");
                case "mixed.internal" -> addresses("10.0.2.5", "10.0.9.9", "64:ff9b::7f00:1");
                default -> throw new UnknownHostException(name.name());
              };
            })
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static List<InetAddress> addresses(String... texts) {
    return List.of(texts).stream().map(text -> IpText.parse(text).orElseThrow()).toList();
  }
}
