package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditSettings;
import dev.sallyport.auth.SecondFactorSettings;
import dev.sallyport.auth.SecondFactorSettings.Demand;
import dev.sallyport.auth.SecondFactorSettings.SecurityKeys;
import dev.sallyport.connection.HostKeySource;
import dev.sallyport.connection.Limits;
import dev.sallyport.connection.PenaltySettings;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.model.User;
import dev.sallyport.policy.Rule;
import dev.sallyport.ssh.AlgorithmCatalog;
import dev.sallyport.transport.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  /** The least there can be; {@code %s} is more of the block, on line 4. */
  private static final String LEAST =
      """
      sallyport {
        private-networks = ["10.0.0.0/16"]
        auth.plugins = [ { type = authorized-keys, files = ["/keys/%%u"] } ]
        %s
      }
      """;

  @TempDir Path folder;
  private final TestPlugins plugins = new TestPlugins();

  @Test
  void hasADefaultForAllThatIsLeftOut() throws Exception {
    Configuration configuration = loaded(LEAST.formatted(""));
    assertThat(configuration.listen())
        .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 22));
    assertThat(configuration.stateDir()).isEqualTo(Path.of("/var/lib/sallyport"));
    assertThat(configuration.hostKeys())
        .containsExactly(
            new HostKeySource.Generated(HostKeySource.Type.ED25519),
            new HostKeySource.Generated(HostKeySource.Type.RSA));
    assertThat(configuration.stopTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(configuration.auth().methods()).containsExactly("publickey");
    assertThat(configuration.policy().unsafeNetworks()).isEmpty();
    assertThat(configuration.policy().ownAddresses()).isEmpty();
    assertThat(configuration.policy().rules()).isEmpty();
    assertThat(configuration.groups()).isEmpty();
    assertThat(configuration.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(configuration.penalties()).isEqualTo(PenaltySettings.DEFAULT);
    assertThat(configuration.proxies()).isEqualTo(ProxySettings.DEFAULT);
    assertThat(configuration.forwards()).isEqualTo(ForwardSettings.DEFAULT);
    assertThat(configuration.audit()).isEqualTo(AuditSettings.DEFAULT);
    assertThat(configuration.algorithms()).isEqualTo(AlgorithmCatalog.DEFAULT);
    assertThat(configuration.inspectedNames()).containsExactly("localhost", "127.0.0.1", "::1");
  }

  @Test
  void readsEveryKey() throws Exception {
    Configuration configuration =
        loaded(
            """
            sallyport {
              listen = ["127.0.0.1:2222", "[::1]:0"]
              state-dir = "/srv/state"
              host-keys = [ecdsa, "/srv/key"]
              stop-timeout = 5 s
              private-networks = ["10.0.0.0/8", "127.0.0.0/8"]
              unsafe-networks = ["127.0.0.0/8"]
              own-addresses = ["198.51.100.7"]
              auth {
                methods = "publickey,keyboard-interactive"
                plugins = [
                  { type = one-time-password, files = ["/otp"], comment = x }
                  { type = authorized-keys, files = ["/keys/%u"] }
                ]
              }
              groups { ops = [alice, bob], "odd.name" = [] }
              rules = [
                { name = a, users = [carol], groups = [ops], source = ["203.0.113.0/24"],
                  time = ["mon-fri 08:00-18:00 Europe/Berlin"], to = ["10.0.2.0/24:22,80"] }
                { name = b, users = ["*"], to = ["db.internal:8000-8999"], record = metadata }
              ]
              limits { login-grace = 5 s, unauthenticated-rate = 1, forward-idle-timeout = 0 s,
                attempt-delay = 20 ms }
              penalties { authfail = 30 s, noauth = 0 s, overflow = deny-all, exempt = ["192.0.2.0/24"] }
              proxy-protocol { from = ["10.0.9.0/28"], timeout = 3 s }
              audit { strangers-per-minute = 7 }
              algorithms { ciphers = ["aes256-gcm@openssh.com"] }
            }
            """);
    assertThat(configuration.listen())
        .containsExactly(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 2222),
            new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    assertThat(configuration.stateDir()).isEqualTo(Path.of("/srv/state"));
    assertThat(configuration.hostKeys())
        .containsExactly(
            new HostKeySource.Generated(HostKeySource.Type.ECDSA),
            new HostKeySource.Existing(Path.of("/srv/key")));
    assertThat(configuration.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(configuration.auth().methods()).containsExactly("publickey", "keyboard-interactive");
    assertThat(configuration.auth().plugins())
        .extracting(AuthSettings.Plugin::type)
        .containsExactly("one-time-password", "authorized-keys");
    assertThat(configuration.groups())
        .containsEntry("ops", Set.of("alice", "bob"))
        .containsEntry("odd.name", Set.of());
    assertThat(configuration.policy().privateNetworks()).hasToString("[10.0.0.0/8, 127.0.0.0/8]");
    assertThat(configuration.policy().unsafeNetworks()).hasToString("[127.0.0.0/8]");
    assertThat(configuration.policy().ownAddresses()).hasToString("[/198.51.100.7]");
    Rule first = configuration.policy().rules().getFirst();
    assertThat(first.users()).containsExactly("carol");
    assertThat(first.groups()).containsExactly("ops");
    assertThat(first.source()).hasToString("[203.0.113.0/24]");
    assertThat(first.time()).hasToString("[mon,tue,wed,thu,fri 08:00-18:00 Europe/Berlin]");
    assertThat(first.to()).hasToString("[10.0.2.0/24:22,80]");
    Rule second = configuration.policy().rules().getLast();
    assertThat(second.source()).isEqualTo(Rule.ANYWHERE);
    assertThat(second.time()).isEqualTo(Rule.ALWAYS);
    assertThat(configuration.limits().loginGrace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(configuration.limits().unauthenticatedRate()).isEqualTo(1);
    assertThat(configuration.forwards().idleTimeout()).isEqualTo(Duration.ZERO);
    assertThat(configuration.forwards().attemptDelay()).isEqualTo(Duration.ofMillis(20));
    assertThat(configuration.penalties().authenticationFailed()).isEqualTo(Duration.ofSeconds(30));
    assertThat(configuration.penalties().noAuthentication()).isEqualTo(Duration.ZERO);
    assertThat(configuration.penalties().overflow()).isEqualTo(PenaltySettings.Overflow.DENY_ALL);
    assertThat(configuration.penalties().exempt()).hasToString("[192.0.2.0/24]");
    assertThat(configuration.proxies().from()).hasToString("[10.0.9.0/28]");
    assertThat(configuration.proxies().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(configuration.audit().strangersPerMinute()).isEqualTo(7);
    assertThat(configuration.algorithms().ciphers()).containsExactly("aes256-gcm@openssh.com");
  }

  @Test
  void hashesTheFile() throws Exception {
    Path file = file("sallyport {}");
    assertThat(load(file)).isInstanceOf(Loading.Rejected.class);
    assertThat(loaded(LEAST.formatted("")).sha256())
        .matches("[0-9a-f]{64}")
        .isNotEqualTo(loaded(LEAST.formatted(" ")).sha256());
  }

  @Test
  void givesUsersTheirGroups() throws Exception {
    Configuration configuration =
        loaded(LEAST.formatted("groups { ops = [alice, bob], dev = [alice], none = [] }"));
    assertThat(configuration.user("alice", Set.of("ldap")))
        .isEqualTo(new User("alice", Set.of("ops", "dev", "ldap")));
    assertThat(configuration.user("eve", Set.of())).isEqualTo(new User("eve", Set.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "listen = [] | sallyport.listen | must not be empty",
        "listen = \"0.0.0.0:22\" | sallyport.listen | must be a list",
        "listen = [22] | sallyport.listen[0] | must be a string",
        "listen = [\"localhost:22\"] | sallyport.listen[0] | has no address",
        "listen = [\"0.0.0.0\"] | sallyport.listen[0] | not an address with a port",
        "listen = [\"0.0.0.0:65536\"] | sallyport.listen[0] | not an address with a port",
        "listen = [\"::1:22\"] | sallyport.listen[0] | not an address with a port",
        "listen = [\"[1.2.3.4]:22\"] | sallyport.listen[0] | not an address with a port",
        "listen = [\"a:1\", \"a:1\"] | sallyport.listen[1] | is there twice",
        "listen = null | sallyport.listen | has no value",
        "state-dir = state | sallyport.state-dir | must be an absolute path",
        "state-dir = \"/a\\u0000\" | sallyport.state-dir | is not a path",
        "state-dir = 7 | sallyport.state-dir | must be a string",
        "host-keys = [] | sallyport.host-keys | must not be empty",
        "host-keys = [dsa] | sallyport.host-keys[0] | must be ed25519, rsa, ecdsa",
        "host-keys = [rsa, rsa] | sallyport.host-keys[1] | is there twice",
        "host-keys = [\"a/b\"] | sallyport.host-keys[0] | absolute path",
        "stop-timeout = 30 | sallyport.stop-timeout | with a unit",
        "stop-timeout = 2 h | sallyport.stop-timeout | from 0 s to 1 h",
        "stop-timeout = 1.5 s | sallyport.stop-timeout | with a unit",
        "stop-timeout = 3 parsecs | sallyport.stop-timeout | with a unit",
        "stop-timeout = -1 s | sallyport.stop-timeout | with a unit",
        "private-networks = [\"10.0.0.1/16\"] | sallyport.private-networks[0] | 10.0.0.0/16",
        "unsafe-networks = [\"localhost\"] | sallyport.unsafe-networks[0] | is not a network",
        "own-addresses = [\"bastion\"] | sallyport.own-addresses[0] | is not an address",
        "lisen = [] | sallyport.lisen | is an unknown key (did you mean listen?)",
        "qwertyuiop = 1 | sallyport.qwertyuiop | is an unknown key",
        "rules = [{ nmae = a }] | sallyport.rules[0].nmae | unknown key (did you mean name?)",
        "credentials { web { tpye = ca } } | sallyport.credentials.web.tpye | (did you mean type?)",
        "limits { logn-grace = 1 s } | sallyport.limits.logn-grace | did you mean login-grace?",
        "limits = 7 | sallyport.limits | must be a block",
        "limits { authentication-tries = 0 } | sallyport.limits.authentication-tries | from 1 to",
        "limits { authentication-tries = 1.5 } | sallyport.limits.authentication-tries | whole",
        "limits { authentication-tries = many } | sallyport.limits.authentication-tries | whole",
        "limits { authentication-tries = true } | sallyport.limits.authentication-tries | whole",
        "limits { authentication-tries = 99999999999 }"
            + " | sallyport.limits.authentication-tries | whole",
        "limits { unauthenticated-rate = 101 } | sallyport.limits.unauthenticated-rate | 1 to 100",
        "limits { unauthenticated-start = 400 }"
            + " | sallyport.limits.unauthenticated-start | is 400, above unauthenticated-full",
        "limits { connect-timeout = 200 ms }"
            + " | sallyport.limits.attempt-delay | only the first address is tried",
        "penalties { min = 10 m } | sallyport.penalties.min | no penalty is ever enforced",
        "penalties { overflow = open }"
            + " | sallyport.penalties.overflow | must be \"permissive\" or \"deny-all\"",
        "proxy-protocol.from = [\"0.0.0.0/0\"] | sallyport.proxy-protocol.from | is everybody",
        "audit { summary-interval = 0 s } | sallyport.audit.summary-interval | from 1 s to 1 h",
        "audit { x = 1 } | sallyport.audit.x | is an unknown key",
        "audit { max-age = 23 h } | sallyport.audit.max-age | or \"1 d\" at least",
        "audit { compress-after = 1 h } | sallyport.audit.compress-after | or \"1 d\" at least",
        "audit { disk-warning = 101 } | sallyport.audit.disk-warning | from 1 to 100",
        "limits { user-events = 0 } | sallyport.limits.user-events | from 1 to 10000",
        "limits { user-events-burst = 15 } | sallyport.limits.user-events-burst | from 16 to",
        "algorithms { ciphers = [] } | sallyport.algorithms.ciphers | must not be empty",
        "algorithms { ciphers = [\"aes128-cbc\"] }"
            + " | sallyport.algorithms.ciphers[0] | (did you mean aes128-ctr?)",
        "algorithms { macs = [\"hmac-sha1\"] } | sallyport.algorithms.macs[0] | speaks",
        "algorithms { host-keys = [\"ssh-rsa\"] } | sallyport.algorithms.host-keys[0] | speaks",
        "algorithms { host-keys = [\"ecdsa-sha2-nistp256\"] }"
            + " | sallyport.algorithms.host-keys | allows no key of sallyport.host-keys",
        "groups { ops = alice } | sallyport.groups.ops | must be a list",
        "groups { ops = [\"*\"] } | sallyport.groups.ops[0] | is not a name",
        "groups { \"*\" = [] } | sallyport.groups | is not a name",
        "groups { ops = [\"\"] } | sallyport.groups.ops[0] | is not a name",
        "groups { ops = [\"a\\nb\"] } | sallyport.groups.ops[0] | \"a\\u000ab\" is not a name",
        "roles { auditor = [] } | sallyport.roles | is not supported in this version yet",
        "credentials { web { type = password } } | sallyport.credentials.web.type | must be"
            + " \"key\"",
        "credentials { web { type = key } } | sallyport.credentials.web.file | is missing",
        "credentials { web { type = key, file = k } } | sallyport.credentials.web.file | absolute",
        "credentials { web { type = key, file = /k, passphrase-file = /p, passphrase-env = P } }"
            + " | sallyport.credentials.web.passphrase-env | one place too many",
        "credentials { web { type = ca, life = \"1 d\" } } | sallyport.credentials.web.life | from"
            + " 1 m to 1 h",
        "credentials { web { type = agent, file = /k } } | sallyport.credentials.web.file |"
            + " unknown",
        "recording { guarantee = maybe } | sallyport.recording.guarantee | \"best-effort\"",
        "recording { reserve = 5 } | sallyport.recording.reserve | with a unit, such as \"1 GiB\"",
        "recording { max-size = 5 parsecs } | sallyport.recording.max-size | with a unit",
        "recording { exec-output = 2 GiB } | sallyport.recording.exec-output | up to 1024 MiB",
        "targets { host-cas = [ca] } | sallyport.targets.host-cas[0] | absolute",
        "targets { known-hosts-files = [k] } | sallyport.targets.known-hosts-files[0] | absolute",
        "targets { unknown-hosts = ask } | sallyport.targets.unknown-hosts | \"accept-new\"",
        "auth.methods = password | sallyport.auth.methods | must be \"publickey\"",
        "auth.methods = \"publickey,keyboard-interactive\""
            + " | sallyport.auth.methods | no plugin here can ask",
        "auth.second-factor = some | sallyport.auth.second-factor | must be one of everyone,"
            + " enrolled",
        "auth.fido-second-factor = yes"
            + " | sallyport.auth.fido-second-factor | must be one of never, touch, verified",
        "auth.method = publickey | sallyport.auth.method | did you mean methods?",
        "auth.plugins = [] | sallyport.auth.plugins | must not be empty",
        "auth.plugins = [{}] | sallyport.auth.plugins[0].type | is missing",
        "auth.plugins = [x] | sallyport.auth.plugins[0] | must be a block",
        "auth.plugins = [{ tpye = authorized-keys, files = [a] }]"
            + " | sallyport.auth.plugins[0].tpye | unknown key (did you mean type?)",
        "auth.plugins = [{ type = authorised-keys }]"
            + " | sallyport.auth.plugins[0].type | did you mean authorized-keys?",
        "auth.plugins = [{ type = authorized-keys }]"
            + " | sallyport.auth.plugins[0].files | is missing",
        "auth.plugins = [{ type = authorized-keys, files = [a], fils = [b] }]"
            + " | sallyport.auth.plugins[0].fils | did you mean files?",
        "auth.plugins = [{ type = authorized-keys, files = [a, null] }]"
            + " | sallyport.auth.plugins[0].files | has no value",
        "auth.plugins = [{ type = authorized-keys, files = [relative] }]"
            + " | sallyport.auth.plugins[0].files | absolute: \\u001b[31mrelative",
        "auth.plugins = [{ type = broken }]"
            + " | sallyport.auth.plugins[0] | failed to start: java.lang.IllegalStateException",
        "inspection.names = [\"a b\"] | sallyport.inspection.names[0] | character",
        "inspection.names = [\"*\"] | sallyport.inspection.names[0] | character",
        "inspection.name = [a] | sallyport.inspection.name | did you mean names?",
        "rules = {} | sallyport.rules | must be a list",
        "rules = [x] | sallyport.rules[0] | must be a block",
      })
  void refusesWhatIsWrongWithItsPlaceAndAHint(String line, String key, String message)
      throws Exception {
    assertThat(rejected(LEAST.formatted(line)))
        .anySatisfy(error -> {
          assertThat(error.line()).isEqualTo(4);
          assertThat(error.key()).isEqualTo(key);
          assertThat(error.message()).contains(message).matches("[ -~]+");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "users = [a], to = [\"10.0.0.1:22\"] | .name | is missing",
        "name = \"\", users = [a], to = [\"10.0.0.1:22\"] | .name | must be 1 to 64",
        "name = \"a\\nb\", users = [a], to = [\"10.0.0.1:22\"] | .name | printable",
        "name = a, to = [\"10.0.0.1:22\"] | `` | needs users or groups",
        "name = a, users = [a] | .to | is missing",
        "name = a, users = [a], to = [] | .to | must not be empty",
        "name = a, users = [a], to = [\"10.0.0.1\"] | .to[0] | has no port",
        "name = a, users = [a], to = [\"10.0.0.1:22\", \"10.0.0.1/24:22\"] | .to[1] | bits set",
        "name = a, users = [a], to = [\"10.1.0.0/16:22\"] | .to | leads nowhere",
        "name = a, users = [a], to = [\"[::/0]:22\"] | .to | leads nowhere",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], source = [] | .source | not be empty",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], source = [x] | .source[0] | network",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], time = [] | .time | must not be empty",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], time = [noon] | .time[0] | not a time",
        "name = a, users = [\"\"], to = [\"10.0.0.1:22\"] | .users[0] | is not a name",
        "name = a, groups = [opps], to = [\"10.0.0.1:22\"] | .groups[0] | (did you mean ops?)",
        "name = a, groups = [\"*\"], to = [\"10.0.0.1:22\"] | .groups[0] | sallyport.groups",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, credential = web"
            + " | .logins | is missing",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [], credential ="
            + " web | .logins | must not be empty",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [\"a b\"],"
            + " credential = web | .logins[0] | is not a login",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [x]"
            + " | .credential | is missing",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [x], credential"
            + " = wep | .credential | (did you mean web?)",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [x],"
            + " credential = web, inner = [x11] | .inner[0] | must be \"forward\" or \"agent\"",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [x],"
            + " credential = web, input = yes | .input | true or false",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = session, logins = [x],"
            + " credential = web, input-without-echo = true | .input-without-echo | input = true",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], record = meta | .record | \"metadata\"",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], logins = [x] | .logins"
            + " | only with record = session",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], credential = x | .credential"
            + " | only with record = session",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], mfa = maybe | .mfa | true or false",
        "name = a, users = [a], to = [\"10.0.0.1:22\"], mfa = true | .mfa"
            + " | nobody can prove a second factor",
        "name = a, user = [a], to = [\"10.0.0.1:22\"] | .user | (did you mean users?)",
      })
  void refusesARuleThatIsWrong(String rule, String key, String message) throws Exception {
    String groups =
        "groups { ops = [] }, credentials { web { type = agent } }, rules = [\n\n{ "
            + rule
            + " } ]";
    assertThat(rejected(LEAST.formatted(groups)))
        .anySatisfy(error -> {
          assertThat(error.line()).isEqualTo(6);
          assertThat(error.key()).isEqualTo("sallyport.rules[0]" + key);
          assertThat(error.message()).contains(message).matches("[ -~]+");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "10.0.0.0/8, 127.0.0.0/8 | 127.0.0.1:22 | [0] | 127.0.0.1:22 is a loopback address, which"
            + " nobody reaches unless unsafe-networks names it",
        "0.0.0.0/0 | 10.0.0.1:22, 127.0.0.0/8:1-9 | [1] | a loopback address",
        "0.0.0.0/0 | 169.254.169.254:80 | [0] | the cloud's metadata service",
        "0.0.0.0/0 | 169.254.7.0/24:80 | [0] | a link-local address",
        "0.0.0.0/0 | 224.0.0.0/4:80 | [0] | a multicast address",
        "0.0.0.0/0 | 255.255.255.255:80 | [0] | the broadcast address",
        "::/0 | [fe80::/64]:22 | [0] | a link-local address",
        "::/0 | [64:ff9b::7f00:1]:22 | [0] | a loopback address",
        "10.0.0.0/16 | 10.0.1.10:22 | [0] | the bastion itself",
        "10.0.0.0/16, 169.254.0.0/16 | 168.0.0.0/6:22 | [0] | a link-local address",
        "10.0.0.0/16 | 10.0.0.1:22, 10.9.0.0/16:22 | [1] | 10.9.0.0/16:22 is not in"
            + " private-networks, so nobody can reach it",
      })
  void warnsOfADestinationThatNobodyReaches(
      String networks, String to, String place, String message) throws Exception {
    List<String> warnings =
        ofRules(
            warnings(
                "own-addresses = [\"10.0.1.10\"]", networks, "users = [alice], to = " + list(to)));

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith(folder + "/sallyport.conf:6: sallyport.rules[0].to" + place + ": ")
        .endsWith(
            message.startsWith("1")
                ? message
                : message + ", which nobody reaches unless unsafe-networks names it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/16 | 10.0.2.5:22, 10.0.0.0/8:80, db.internal:5432",
        "127.0.0.0/8, 10.0.0.0/8 | 127.0.0.1:22",
        "127.0.0.0/8 | 127.0.0.0/16:22",
        "0.0.0.0/0 | 0.0.0.0/0:22",
        "0.0.0.0/0 | 169.252.0.0/14:22",
      })
  void saysNothingOfADestinationThatSomebodyMayReach(String networks, String to) throws Exception {
    assertThat(
            ofRules(
                warnings(
                    "unsafe-networks = [\"127.0.0.1\"]",
                    networks,
                    "users = [alice], to = " + list(to))))
        .isEmpty();
  }

  private static List<String> ofRules(List<String> warnings) {
    return warnings.stream().filter(one -> one.contains(": sallyport.rules[")).toList();
  }

  @ParameterizedTest
  @CsvSource({"users", "groups"})
  void warnsOfARuleForNobody(String key) throws Exception {
    assertThat(warnings("", "10.0.0.0/16", key + " = [], to = [\"10.0.0.1:22\"]"))
        .containsExactly(
            "%s/sallyport.conf:6: sallyport.rules[0].%s: is empty, so the rule is for nobody"
                .formatted(folder, key));
  }

  @ParameterizedTest
  @CsvSource({
    "90 d, 365 d, 'is 90 d, and recording.max-age is 365 d'",
    "400 d, 0 s, 'is 400 d, and recording.max-age is never'"
  })
  void warnsOfALogThatIsRemovedBeforeTheRecordingsWhoseHashesItHas(
      String audit, String recording, String told) throws Exception {
    assertThat(warningsOfAges(audit, recording))
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains(":4: sallyport.audit.max-age: " + told));
  }

  @ParameterizedTest
  @CsvSource({"365 d, 365 d", "0 s, 365 d", "0 s, 0 s", "2 d, 1 d"})
  void saysNothingOfALogThatIsKeptAsLong(String audit, String recording) throws Exception {
    assertThat(warningsOfAges(audit, recording)).isEmpty();
  }

  private List<String> warningsOfAges(String audit, String recording) throws IOException {
    return warnings(
        "audit.max-age = \"%s\", recording { min-age = \"0 s\", max-age = \"%s\" }"
            .formatted(audit, recording),
        "10.0.0.0/16",
        "users = [alice], to = [\"10.0.0.1:22\"]");
  }

  @Test
  void refusesAKeyThatIsGivenTwice() throws Exception {
    String rule =
        """
        rules = [
          { name = a, users = [alice], to = ["10.0.0.1:22"]
            to = ["10.0.0.0/16:22"] }
        ]
        """;
    assertThat(rejected(LEAST.formatted(rule)))
        .singleElement()
        .hasToString(
            folder
                + "/sallyport.conf:6: sallyport.rules[0].to: is given twice, first on line 5: take"
                + " one out");
  }

  private static String list(String texts) {
    return "[\"" + texts.replace(", ", "\", \"") + "\"]";
  }

  private List<String> warnings(String line, String networks, String rule) throws IOException {
    String text =
        """
        sallyport {
          private-networks = %s
          auth.plugins = [ { type = authorized-keys, files = ["/keys/%%u"] } ]
          %s
          rules = [
            { name = a, %s }
          ]
        }
        """
            .formatted(list(networks), line, rule);
    return switch (load(file(text))) {
      case Loading.Loaded loaded -> {
        loaded.close();
        yield loaded.warnings();
      }
      case Loading.Rejected(List<ConfigurationError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }

  @Test
  void toleratesARuleThatLiesOnlyPartlyInThePrivateNetworks() throws Exception {
    Configuration configuration =
        loaded(
            LEAST.formatted(
                "rules = [{ name = a, users = [], to = [\"10.0.0.0/8:22\", \"192.0.2.1:22\"] }]"));
    assertThat(configuration.policy().rules()).hasSize(1);
  }

  @Test
  void aRuleMayDemandASecondFactorThatAFidoKeyOrAPluginProves() throws Exception {
    String rules = "rules = [{ name = a, users = [a], to = [\"10.0.0.1:22\"], mfa = true }]";
    String plugins =
        "auth { methods = \"publickey,keyboard-interactive\", second-factor = enrolled,"
            + " plugins += { type = one-time-password, files = [a] } }\n";

    Configuration fido = loaded(LEAST.formatted("auth.fido-second-factor = touch\n" + rules));
    assertThat(fido.policy().rules().getFirst().mfa()).isTrue();
    assertThat(fido.auth().secondFactors())
        .isEqualTo(new SecondFactorSettings(Demand.OF_NOBODY, SecurityKeys.TOUCH));
    Configuration codes = loaded(LEAST.formatted(plugins + rules));
    assertThat(codes.auth().secondFactors())
        .isEqualTo(new SecondFactorSettings(Demand.OF_ENROLLED, SecurityKeys.NEVER));
  }

  @Test
  void refusesTwoRulesOfOneName() throws Exception {
    String rule = "{ name = a, users = [a], to = [\"10.0.0.1:22\"] }";
    assertThat(rejected(LEAST.formatted("rules = [" + rule + ",\n" + rule + "]")))
        .hasToString(
            "["
                + folder.resolve("sallyport.conf")
                + ":5: sallyport.rules[1].name: \"a\" is the name of an earlier rule]");
  }

  @Test
  void reportsAllErrorsAtOnceInTheOrderOfTheFile() throws Exception {
    List<ConfigurationError> errors =
        rejected(
            """
            sallyport {
              stop-timeout = 30
              limits {
                login-grace = soon
                unauthenticated-rate = 0
              }
              rules = [
                { name = a, to = ["127.1:22"] }
              ]
              lisen = []
            }
            """);
    assertThat(errors)
        .extracting(error -> error.line() + " " + error.key())
        .containsExactly(
            "1 sallyport.private-networks",
            "1 sallyport.auth.plugins",
            "2 sallyport.stop-timeout",
            "4 sallyport.limits.login-grace",
            "5 sallyport.limits.unauthenticated-rate",
            "8 sallyport.rules[0].to[0]",
            "8 sallyport.rules[0]",
            "10 sallyport.lisen");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sallyport {\\n listen = [\\n | 3 | cannot be read as HOCON",
        "sallyport {\\n listen = \"a\\n | 2 | cannot be read as HOCON",
        "sallyport { listen = ${nowhere} } | 1 | cannot be read as HOCON",
        "sallyport = ${sallyport} | 1 | cannot be read as HOCON",
        "a = 1\\ninclude \"other.conf\" | 2 | include \"other.conf\" is refused",
        "a = 1\\n\\ninclude url(\"http://127.0.0.1:1/x\") | 3 | http://127.0.0.1:1/x",
        "include file(\"/etc/passwd\") | 1 | /etc/passwd",
        "include classpath(\"reference.conf\") | 1 | reference.conf",
        "include required(file(\"/etc/passwd\")) | 1 | /etc/passwd",
        "sallyport { include \"other.conf\" } | 1 | include \"other.conf\" is refused",
        "{}[ | 1 | cannot be read as HOCON",
        "[1] | 1 | cannot be read as HOCON",
      })
  void refusesWhatIsNoHoconOrWouldReadMore(String text, int line, String message) throws Exception {
    assertThat(rejected(text.replace("\\n", "\n")))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.line()).isEqualTo(line);
          assertThat(error.message()).contains(message).matches("[ -~]+");
        });
  }

  @Test
  void refusesWhatIsNotAllInTheBlock() throws Exception {
    assertThat(rejected("\nsalyport { }"))
        .extracting(ConfigurationError::toString)
        .containsExactly(
            folder.resolve("sallyport.conf")
                + ": sallyport: is missing: everything is written in"
                + " sallyport { ... }",
            folder.resolve("sallyport.conf")
                + ":2: salyport: is an unknown key (did you mean sallyport?)");
    assertThat(rejected("")).singleElement().asString().contains("sallyport: is missing");
    assertThat(rejected("sallyport = 7")).isNotEmpty();
  }

  @Test
  void takesValuesFromTheEnvironment() throws Exception {
    String path = System.getenv("PATH");
    assertThat(path).startsWith("/");
    Configuration configuration =
        loaded(
            LEAST.formatted("state-dir = ${PATH}, stop-timeout = 1 m, stop-timeout = ${?NO_SUCH}"));
    assertThat(configuration.stateDir()).isEqualTo(Path.of(path));
    assertThat(configuration.stopTimeout()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void refusesAFileThatCannotBeRead() throws Exception {
    assertThat(rejected(folder.resolve("none.conf")))
        .singleElement()
        .asString()
        .contains("does not exist");
    assertThat(rejected(folder)).singleElement().asString().contains("is a directory");
    Path latin = Files.write(folder.resolve("latin.conf"), new byte[] {'a', '=', (byte) 0xfc});
    assertThat(rejected(latin)).singleElement().asString().contains("is not UTF-8");
    Path huge = file("#".repeat(ConfigurationLoader.MAX_BYTES + 1));
    assertThat(rejected(huge)).singleElement().asString().contains("is larger than 1048576 bytes");
    Path deep = file("a=" + "[".repeat(500_000));
    assertThat(rejected(deep)).singleElement().asString().contains("nested too deeply");
  }

  @Test
  void closesThePluginsOfAConfigurationThatIsRefused() throws Exception {
    rejected(LEAST.formatted("lisen = []"));
    assertThat(plugins.open()).isZero();
    Loading loading = load(file(LEAST.formatted("")));
    assertThat(plugins.open()).isEqualTo(1);
    ((Loading.Loaded) loading).close();
    assertThat(plugins.open()).isZero();
  }

  @Test
  void opensThePluginsInTheirOrder() throws Exception {
    Loading loading =
        load(file(LEAST.formatted("auth.plugins += { type = one-time-password, files = [a] }")));
    try (Loading.Loaded loaded = (Loading.Loaded) loading) {
      assertThat(loaded.plugins())
          .extracting(one -> one.type())
          .containsExactly("authorized-keys", "one-time-password");
    }
  }

  private Configuration loaded(String text) throws IOException {
    return switch (load(file(text))) {
      case Loading.Loaded loaded -> {
        loaded.close();
        yield loaded.configuration();
      }
      case Loading.Rejected(List<ConfigurationError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }

  private List<ConfigurationError> rejected(String text) throws IOException {
    return rejected(file(text));
  }

  private List<ConfigurationError> rejected(Path file) {
    return switch (load(file)) {
      case Loading.Loaded loaded -> throw new AssertionError(loaded.toString());
      case Loading.Rejected(List<ConfigurationError> errors) -> errors;
    };
  }

  private Loading load(Path file) {
    return new ConfigurationLoader(plugins.factories(), TestPlugins.silent()).load(file);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("sallyport.conf"), text, StandardCharsets.UTF_8);
  }
}
