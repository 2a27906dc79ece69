package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Main;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.operations.StrictModes;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.PluginSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code sallyport login explain} over the installed plugins, with keys that ssh-keygen made. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoginExplainTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String bob = "";

  @BeforeEach
  void make() throws Exception {
    Files.createDirectory(folder.resolve("keys"));
    bob = key("bob");
    configure("");
  }

  /** A new key; its line for a file of keys. */
  private String key(String name, String... options) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "ssh-keygen", "-q", "-N", "", "-C", name, "-f", folder.resolve(name).toString()));
    words.addAll(options.length == 0 ? List.of("-t", "ed25519") : Arrays.asList(options));
    run(words);
    return Files.readString(folder.resolve(name + ".pub")).strip();
  }

  private String run(List<String> words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as("%s: %s", words, printed).isZero();
    return printed;
  }

  private void configure(String lines, String... plugins) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("{ type = authorized-keys, files = [\"%s/keys/%%u\"] }".formatted(folder));
    all.addAll(Arrays.asList(plugins));
    Files.writeString(
        folder.resolve("sallyport.conf"),
        """
        sallyport {
          state-dir = "%s/state"
          private-networks = ["10.0.0.0/16"]
          auth.plugins = [ %s ]
          rules = [ { name = web, users = [bob], to = ["10.0.2.0/24:22"] } ]
          %s
        }
        """
            .formatted(folder, String.join(", ", all), lines));
  }

  private void keysOfBob(String... lines) throws IOException {
    Files.writeString(folder.resolve("keys/bob"), String.join("\n", lines) + "\n");
  }

  private int explain(String... arguments) {
    List<String> all = new ArrayList<>(List.of("login", "explain"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--config", folder.resolve("sallyport.conf").toString()));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    int code =
        Main.commandLine(
                ConfigurationLoader.installedPlugins(),
                name -> {
                  throw new UnknownHostException(name.name());
                })
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    assertThat(out.toString()).as("private keys").doesNotContain("PRIVATE KEY");
    return code;
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private String fingerprint(String name) throws Exception {
    return run(List.of("ssh-keygen", "-l", "-f", file(name + ".pub"))).split(" ")[1];
  }

  @Test
  void withoutAKeyItTriesEachThatAPluginHas() throws Exception {
    keysOfBob("# nothing", bob, "ssh-ed25519 broken");
    assertThat(explain("--user", "bob")).as("%s%s", out, err).isZero();
    assertThat(out.toString().lines().toList())
        .contains(
            "plugins, in the order in which they are asked:",
            "  authorized-keys",
            "    %s:2: ssh-ed25519 %s".formatted(file("keys/bob"), fingerprint("bob")),
            "  authorized-keys accepts it for bob (bob)",
            "  no second factor is asked for",
            "  rules for this user from there now: web",
            "allowed: bob logs in with ssh-ed25519 " + fingerprint("bob"));
    assertThat(out.toString()).contains(file("keys/bob") + ":3: this line");
  }

  @Test
  void printsTheTrialAsJson() throws Exception {
    keysOfBob(bob);
    assertThat(explain("--user", "bob", "--json")).as("%s%s", out, err).isZero();
    assertThat(out.toString()).matches("[ -~]+\n");
    JsonNode trial = SafeJson.MAPPER.readTree(out.toString());
    assertThat(trial.path("allowed").asBoolean()).isTrue();
    assertThat(trial.at("/plugins/0/keys/0").asString())
        .isEqualTo("%s:1: ssh-ed25519 %s".formatted(file("keys/bob"), fingerprint("bob")));
    assertThat(trial.at("/keys/0/answers/0/verdict").asString()).isEqualTo("accepted");
    assertThat(trial.at("/keys/0/second_factor").asString()).isEqualTo("none");
    assertThat(trial.at("/keys/0/rules/0").asString()).isEqualTo("web");

    assertThat(explain("--user", "eve", "--key", file("bob.pub"), "--json")).isEqualTo(Exit.NO);
    JsonNode denied = SafeJson.MAPPER.readTree(out.toString());
    assertThat(denied.path("allowed").asBoolean()).isFalse();
    assertThat(denied.at("/keys/0/answers/0/verdict").asString()).isEqualTo("unknown");
    assertThat(denied.at("/keys/0/reason").asString()).isNotEmpty();
  }

  @Test
  void saysWhichFileIsMissingOrNotTrusted() throws Exception {
    assertThat(explain("--user", "bob")).isEqualTo(Exit.NO);
    assertThat(out.toString())
        .contains(
            "    " + file("keys/bob") + " is not there\n",
            "denied: bob has no key that a plugin lists");
    keysOfBob(bob);
    Files.setPosixFilePermissions(
        folder.resolve("keys/bob"), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(explain("--user", "bob", "--key", file("bob.pub"))).isEqualTo(Exit.NO);
    assertThat(out.toString())
        .contains(
            "(mode 0666), so it is not used: run chmod go-w " + file("keys/bob"),
            "  authorized-keys does not know it for this user\n",
            "denied: bob does not log in with this key")
        .doesNotContain("reports: ");
  }

  @Test
  void readsThePublicPartOfAPrivateKeyAndNoSecret() throws Exception {
    keysOfBob(bob);
    assertThat(explain("--user", "bob", "--key", file("bob"))).as("%s%s", out, err).isZero();
    Files.delete(folder.resolve("bob.pub"));
    assertThat(explain("--user", "bob", "--key", file("bob"))).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).contains("ssh-keygen -y -f ");
    assertThat(explain("--user", "bob", "--key", file("none"))).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).contains("none does not exist");
    assertThat(explain("--user", "bob", "--key", file("sallyport.conf"))).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).contains("no public key in OpenSSH's format");
    assertThat(explain("--key", file("bob"))).isEqualTo(Exit.USAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          from="10.0.0.0/8"           | 10.1.1.1 | 0 | restriction: only from 10.0.0.0/8
          from="10.0.0.0/8"           | 192.0.2.1 | 1 | is refused: the key of bob may not be used from 192.0.2.1
          from="10.0.0.0/8"           |          | 1 | is refused: the key of bob may not be used from 0.0.0.0
          expiry-time="20200101Z"     | 10.1.1.1 | 1 | expired
          expiry-time="29991215Z"     | 10.1.1.1 | 0 | restriction: only before 2999-12-1
          permitopen="10.0.2.5:22"    | 10.1.1.1 | 0 | restriction: only to 10.0.2.5:22
          command="uptime"            | 10.1.1.1 | 0 | restriction: runs one command
          restrict                    | 10.1.1.1 | 0 | restriction: may not open forwards
          verify-required             | 10.1.1.1 | 1 | authorized-keys refuses it
          """)
  void appliesTheRestrictionsOfAKey(String option, String source, int code, String line)
      throws Exception {
    keysOfBob(option + " " + bob);
    List<String> arguments = new ArrayList<>(List.of("--user", "bob", "--key", file("bob.pub")));
    if (source != null) {
      arguments.addAll(List.of("--source", source));
    }
    assertThat(explain(arguments.toArray(String[]::new))).as("%s%s", out, err).isEqualTo(code);
    assertThat(out.toString()).contains(line);
  }

  @Test
  void aCertificateIsJudgedAsAtALogin() throws Exception {
    key("ca");
    configure(
        "",
        """
        { type = certificates, authorities = [ { file = "%s", principals = ["*"], groups = [] } ],
          users = { bob = [dev, oncall] } }
        """
            .formatted(file("ca.pub")));
    assertThat(explain("--user", "bob", "--key", sign("dev", "+1h"))).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains(
            "  authorized-keys does not know it for this user\n",
            "  certificates accepts it for bob (the-id)\n",
            "  certificates\n    a certificate must name the principal dev or oncall\n",
            file("ca.pub") + " may speak for this user: " + fingerprint("ca"));
    assertThat(explain("--user", "bob", "--key", sign("other", "+1h"))).isEqualTo(Exit.NO);
    assertThat(out.toString())
        .contains("certificates refuses it: the certificate names no principal that is this user");
    assertThat(explain("--user", "bob", "--key", sign("dev", "20200101:20200102")))
        .isEqualTo(Exit.NO);
    assertThat(out.toString()).contains("certificates refuses it: the certificate has expired");
    // The key alone does not log in; ssh would offer the certificate too.
    assertThat(explain("--user", "bob", "--key", file("bob.pub"))).isEqualTo(Exit.NO);
    assertThat(out.toString()).contains("explain it with --key " + file("bob-cert.pub"));
  }

  private String sign(String principal, String validity) throws Exception {
    run(
        List.of(
            "ssh-keygen",
            "-q",
            "-s",
            file("ca"),
            "-I",
            "the-id",
            "-n",
            principal,
            "-V",
            validity,
            file("bob.pub")));
    return file("bob-cert.pub");
  }

  @Test
  void aSecondFactorThatIsMissingKeepsOut() throws Exception {
    keysOfBob(bob);
    String totp = "{ type = totp, directory = \"%s/totp\" }".formatted(folder);
    String methods = "auth.methods = \"publickey,keyboard-interactive\"\n";
    configure(methods, totp);
    assertThat(explain("--user", "bob")).as("%s%s", out, err).isEqualTo(Exit.NO);
    assertThat(out.toString())
        .contains(
            "  totp\n    the user does not have this second factor\n",
            "  totp is not asked: authorized-keys decides\n",
            "  totp is asked for a second factor, and the user has none: enroll them");
    configure(methods + "auth.second-factor = enrolled", totp);
    assertThat(explain("--user", "bob")).as("%s%s", out, err).isZero();
    assertThat(out.toString()).contains("  no second factor is asked for\n");
    String secret = enroll();
    assertThat(explain("--user", "bob")).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains(
            "  totp\n    the user has this second factor\n", "  totp asks for the second factor\n")
        .doesNotContain(secret);
  }

  private String enroll() throws Exception {
    var factory =
        ConfigurationLoader.installedPlugins().stream()
            .filter(one -> one.type().equals("totp"))
            .findFirst()
            .orElseThrow();
    try (AuthPlugin plugin =
        factory.open(new PluginSettings(Map.of("directory", file("totp"))), (where, what) -> {})) {
      Enrolment enrolment = plugin.interactiveFactor().orElseThrow().enrolment().orElseThrow();
      Enrolment.Draft draft = enrolment.draft("bob");
      String code = run(List.of("oathtool", "--base32", "--totp", draft.secret()));
      assertThat(draft.confirm(code, Enrolment.Existing.KEEP, () -> {}))
          .isInstanceOf(Enrolment.Confirmation.Confirmed.class);
      return draft.secret();
    }
  }

  @Test
  void theAlgorithmsOfTheConfigurationCount() throws Exception {
    keysOfBob(bob);
    configure("algorithms.public-keys = [\"rsa-sha2-512\"]");
    assertThat(explain("--user", "bob")).isEqualTo(Exit.NO);
    assertThat(out.toString())
        .contains(
            "is refused: the key needs ssh-ed25519, which algorithms.public-keys does not allow");
    keysOfBob(key("rsa", "-t", "rsa", "-b", "3072"));
    assertThat(explain("--user", "bob")).as("%s%s", out, err).isZero();
  }

  @Test
  void saysThatAUserReachesNothing() throws Exception {
    Files.writeString(folder.resolve("keys/eve"), bob + "\n");
    assertThat(explain("--user", "eve")).as("%s%s", out, err).isZero();
    assertThat(out.toString()).contains("no rule is for this user from there now");
  }

  @Test
  void aProgramIsAskedForAKeyAsAtALogin() throws Exception {
    Path program =
        Files.writeString(
            folder.resolve("program"),
            "#!/bin/sh\n[ \"$1\" = bob ] || exit 3\necho '" + bob + "'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    configure(
        "",
        "{ type = command, command = [\"%s\", \"%%u\"]%s }"
            .formatted(program, StrictModes.processUser() == 0 ? ", user = nobody" : ""));
    // The program runs as another user where this one is root.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(explain("--user", "bob", "--key", file("bob.pub"))).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains(
            "  command\n    cannot list keys: give --key to ask about one\n",
            "  command accepts it for bob (bob)\n");
    assertThat(explain("--user", "eve", "--key", file("bob.pub"))).isEqualTo(Exit.NO);
    assertThat(out.toString()).contains("reported: " + program + ": ended with 3");
  }

  @Test
  void nothingFromOutsideReachesTheTerminalUnescaped() throws Exception {
    keysOfBob(bob + " \u001b[31mred");
    Path odd = folder.resolve("odd\u001b[2J.pub");
    Files.copy(folder.resolve("bob.pub"), odd);
    assertThat(explain("--user", "bob", "--key", odd.toString())).as("%s%s", out, err).isZero();
    assertThat(out.toString() + err).doesNotContain("\u001b");
    assertThat(explain("--user", "b\u001b[31m\nob")).isEqualTo(Exit.NO);
    assertThat(out.toString() + err).doesNotContain("\u001b").doesNotContain("m\nob");
    assertThat(explain("--user", "bob", "--key", "no\u001b[2J")).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).doesNotContain("\u001b");
  }

  @Test
  void aWrongConfigurationIsNoAnswer() throws Exception {
    Files.writeString(folder.resolve("sallyport.conf"), "sallyport { rules = 7 }");
    assertThat(explain("--user", "bob")).isEqualTo(Exit.CONFIGURATION);
    assertThat(out.toString()).isEmpty();
  }
}
