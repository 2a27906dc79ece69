package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationPrinterTest {
  private static final String EVERYTHING =
      """
      sallyport {
        listen = ["127.0.0.1:2222", "[::1]:0"], state-dir = "/srv/a \\"b\\"", stop-timeout = 1500 ms
        host-keys = [ecdsa, "/srv/key"]
        private-networks = ["10.0.0.0/8", "fd00::/8"], unsafe-networks = ["::1"]
        own-addresses = ["198.51.100.7", "2001:db8::7"]
        auth {
          methods = "publickey,keyboard-interactive", second-factor = enrolled, recheck = 90 s, recheck-grace = 0 s
          fido-second-factor = verified
          plugins = [ { type = one-time-password, files = ["/a=b", "${HOME}"], revoked = [], comment = "x\\ny" } ]
        }
        groups { ops = [alice, "b o b"], "odd.name" = [], "quo\\"te" = [x] }
        rules = [
          { name = "a b", users = ["*", carol], groups = [ops, "odd.name"], source = ["203.0.113.0/24"]
            time = ["mon,wed 22:00-06:00 Europe/Berlin"], to = ["10.0.2.0/24:22,80", "[fd00::/8]:1-9"] }
          { name = b, users = [], to = ["db.internal:8000-8999"], mfa = true }
          { name = c, users = [bob], to = ["10.0.2.0/24:22"], record = session, logins = ["*", root]
            credential = "odd.name", inner = [forward, agent], input = true, input-without-echo = true }
        ]
        credentials {
          "odd.name" = { type = key, file = "/k \\"x", passphrase-file = /p }
          b = { type = key, file = /k, passphrase-env = PASS }, c = { type = ca, life = 90 s }
          d = { type = agent }
        }
        targets { known-hosts-files = ["/etc/k"], host-cas = ["/etc/ca.pub"], unknown-hosts = refuse }
        limits { user-events = 7, user-events-burst = 70, login-grace = 90 s, keep-alive-interval = 1 h, forward-max-duration = 36 h }
        inspection { names = ["web.example.com", "10.0.0.1"] }
        penalties { enabled = false, authfail = 7 s, noauth = 0 s, grace-exceeded = 1 m, flood = 2 s, max = 1 h
          min = 20 s, max-sources4 = 9, max-sources6 = 8, overflow = deny-all, exempt = ["10.0.0.0/8", "fd00::1"] }
        proxy-protocol { from = ["10.9.0.0/24", "::1"], timeout = 3 s }
        audit { strangers-per-minute = 7, max-age = 400 d, compress-after = 0 s, disk-warning = 90 }
        recording { guarantee = best-effort, reserve = 3 MiB, max-age = 0 s, max-size = 1 TiB }
        algorithms { ciphers = ["aes256-gcm@openssh.com"] }
      }
      """;

  @TempDir Path folder;

  @Test
  void whatItPrintsReadsBackAsAnEqualConfiguration() throws Exception {
    Configuration written = load(EVERYTHING);
    String printed = ConfigurationPrinter.print(written);
    Configuration read = load(printed);
    assertThat(read).usingRecursiveComparison().ignoringFields("sha256").isEqualTo(written);
    assertThat(withHashOf(read, written)).isEqualTo(written);
    assertThat(ConfigurationPrinter.print(read)).isEqualTo(printed);
  }

  @Test
  void printsEveryKeyThatIsKnown() throws Exception {
    Path file = Files.writeString(folder.resolve("sallyport.conf"), EVERYTHING);
    Findings known = new Findings(file);
    loader().load(file, known);
    Path printed =
        Files.writeString(
            folder.resolve("printed.conf"), ConfigurationPrinter.print(load(EVERYTHING)));
    Findings again = new Findings(printed);
    loader().load(printed, again);
    assertThat(again.keys()).isEqualTo(known.keys());
    String text = Files.readString(printed);
    for (String key : known.keys()) {
      if (!key.startsWith("sallyport.groups.")) {
        assertThat(text).contains(key.substring(key.lastIndexOf('.') + 1));
      }
    }
  }

  private static Configuration withHashOf(Configuration one, Configuration other) {
    return new Configuration(
        one.file(),
        other.sha256(),
        one.listen(),
        one.stateDir(),
        one.hostKeys(),
        one.auth(),
        one.groups(),
        one.credentials(),
        one.targets(),
        one.networks(),
        one.policy(),
        one.limits(),
        one.penalties(),
        one.proxies(),
        one.forwards(),
        one.userEvents(),
        one.sessionStart(),
        one.recording(),
        one.audit(),
        one.algorithms(),
        one.inspectedNames(),
        one.stopTimeout());
  }

  private static ConfigurationLoader loader() {
    return new ConfigurationLoader(new TestPlugins().factories(), TestPlugins.silent());
  }

  private Configuration load(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("sallyport.conf"), text);
    return switch (loader().load(file)) {
      case Loading.Loaded loaded -> loaded.configuration();
      case Loading.Rejected(List<ConfigurationError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }
}
