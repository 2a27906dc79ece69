package dev.sallyport.plugins.ldap;

import static dev.sallyport.plugins.ldap.TestDirectory.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.plugins.asking.NoAnswerException;
import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.CollectedReports;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PluginSettings;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real LDAP server in this process, over TLS on loopback. */
class LdapPluginTest {
  private static final OfferedKey KEY = TestKeys.ed25519(1);
  private static final OfferedKey OTHER = TestKeys.ed25519(2);
  private static final Verdict UNCLAIMED = new Verdict.Unclaimed();
  private static final Verdict IN = accepted(Set.of());

  @TempDir Path temporary;
  private final CollectedReports reports = new CollectedReports();
  private final List<AutoCloseable> open = new ArrayList<>();
  private TestAuthority authority;
  private TestDirectory directory;
  private Path password;

  LdapPluginTest() throws Exception {
    authority = new TestAuthority();
    directory = new TestDirectory(authority.server("localhost"));
    password = Path.of("/nonexistent");
  }

  @BeforeEach
  void start() throws Exception {
    authority.write(temporary.resolve("ca.pem"));
    password = new KeysFolder(temporary.resolve("secrets")).write("pw", TestDirectory.PASSWORD);
    KeysFolder.mode(password, "rw-------");
    directory.person("alice", KEY);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    directory.close();
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  /** A block that asks at every question and remembers for an outage; what is given goes before. */
  private Map<String, Object> settings(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("servers", List.of(directory.ldaps()));
    settings.put("ca-file", temporary.resolve("ca.pem").toString());
    settings.put("bind-dn", TestDirectory.READER);
    settings.put("bind-password-file", password.toString());
    settings.put("base", "ou=people," + BASE);
    settings.put("fresh", "0 s");
    settings.put("connect-timeout", "10 s");
    settings.put("response-timeout", "10 s");
    settings.put("timeout", "20 s");
    settings.putAll(more);
    return settings;
  }

  private AuthPlugin plugin(Map<String, Object> more) throws InvalidSettingsException {
    return opened(new LdapPluginFactory().open(new PluginSettings(settings(more)), reports));
  }

  private static LoginAttempt attempt(String user) {
    return new LoginAttempt(user, InetAddress.getLoopbackAddress(), Instant.now());
  }

  private static Verdict ask(AuthPlugin plugin, String user, OfferedKey key) throws Exception {
    return plugin.publicKey(attempt(user), key);
  }

  private static Verdict accepted(Set<String> groups) {
    return new Verdict.Accepted("alice", groups, "", Restrictions.NONE);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in vain").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static void assertCannotTell(AuthPlugin plugin, String why) {
    assertThatThrownBy(() -> ask(plugin, "alice", KEY))
        .isInstanceOf(CannotTellException.class)
        .hasMessageContaining(why);
  }

  @Test
  void theKeysOfTheEntryLetTheUserInByLdapsAndByStartTls() throws Exception {
    directory.person("bob", List.of("restrict " + TestKeys.line(OTHER) + " laptop", "rubbish"));
    for (String url : List.of(directory.ldaps(), directory.startTls())) {
      AuthPlugin plugin = plugin(Map.of("servers", List.of(url)));
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      assertThat(ask(plugin, "alice", OTHER)).isEqualTo(UNCLAIMED);
      assertThat(ask(plugin, "bob", OTHER))
          .isEqualTo(
              new Verdict.Accepted(
                  "bob", Set.of(), "laptop", Restrictions.NONE.withoutPermissions()));
    }
    assertThat(reports.problems())
        .hasSize(2)
        .allSatisfy(told -> assertThat(told).startsWith("uid=bob,ou=people," + BASE));
  }

  @Test
  void aServerThatDoesNotEncryptIsToldNothing() throws Exception {
    AuthPlugin plugin = plugin(Map.of("servers", List.of(directory.plain())));
    assertThatThrownBy(() -> ask(plugin, "alice", KEY)).isInstanceOf(CannotTellException.class);
    assertThat(directory.searches()).isEmpty();
    assertThat(reports.problems()).hasSize(1);
  }

  @Test
  void aCertificateOfAnyOtherAuthorityIsRefused() throws Exception {
    new TestAuthority().write(temporary.resolve("ca.pem"));
    assertCannotTell(plugin(Map.of()), "no trusted authority");
    assertCannotTell(
        plugin(Map.of("servers", List.of(directory.startTls()))), "no trusted authority");
    Map<String, Object> javas = settings(Map.of());
    javas.remove("ca-file");
    AuthPlugin plugin = opened(new LdapPluginFactory().open(new PluginSettings(javas), reports));
    assertCannotTell(plugin, "no trusted authority");
    assertThat(directory.searches()).isEmpty();
  }

  @Test
  void authoritiesThatOthersCouldAddToAreTrustedInNothing() throws Exception {
    Path file = temporary.resolve("ca.pem");
    KeysFolder.mode(file, "rw-rw-rw-");
    assertCannotTell(plugin(Map.of()), "chmod go-w");
    assertThat(directory.searches()).isEmpty();
    KeysFolder.mode(file, "rw-r--r--");
    assertThat(ask(plugin(Map.of()), "alice", KEY)).isEqualTo(IN);
    Files.delete(file);
    assertCannotTell(plugin(Map.of()), file + " is not there");
  }

  @Test
  void whatKeepsEverybodyOutIsToldWhenTheConfigurationIsRead() throws Exception {
    plugin(Map.of());
    assertThat(reports.problems()).isEmpty();
    KeysFolder.mode(password, "rw-r--r--");
    plugin(Map.of());
    Files.delete(password);
    plugin(Map.of());
    Path file = temporary.resolve("ca.pem");
    Files.writeString(file, "no certificate");
    plugin(Map.of());
    assertThat(reports.problems())
        .satisfiesExactly(
            open -> assertThat(open).contains(password + " can be read by everybody (chmod o-rwx)"),
            secret -> assertThat(secret).contains(password + " is not there"),
            authorities -> assertThat(authorities).contains(file + " has no certificates in PEM"));
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    try (TestDirectory other = new TestDirectory(authority.server("ldap.example.com"))) {
      other.person("alice", KEY);
      for (String url : List.of(other.ldaps(), other.startTls())) {
        assertCannotTell(plugin(Map.of("servers", List.of(url))), "for another name");
      }
      assertThat(other.searches()).isEmpty();
    }
  }

  @Test
  void aCertificateThatHasExpiredIsRefused() throws Exception {
    Instant yesterday = Instant.now().minus(Duration.ofHours(1));
    try (TestDirectory old = new TestDirectory(authority.server("localhost", yesterday))) {
      old.person("alice", KEY);
      for (String url : List.of(old.ldaps(), old.startTls())) {
        assertCannotTell(plugin(Map.of("servers", List.of(url))), "expired");
      }
      assertThat(old.searches()).isEmpty();
    }
  }

  @Test
  void thePasswordIsReadFromAFileThatOnlyItsOwnerReadsAndNeverTold() throws Exception {
    AuthPlugin plugin = plugin(Map.of());
    KeysFolder.mode(password, "rw-r--r--");
    assertCannotTell(plugin, "chmod o-rwx");
    Files.writeString(password, "wrong-Secret-7\n");
    KeysFolder.mode(password, "rw-------");
    assertCannotTell(plugin(Map.of()), "rejects the password");
    Files.writeString(password, "\n");
    assertCannotTell(plugin(Map.of()), "no password in its first line");
    assertThat(reports.problems().toString())
        .doesNotContain("wrong-Secret-7", TestDirectory.PASSWORD);
    assertThat(directory.searches()).isEmpty();
  }

  @Test
  void groupsComeFromMemberOfBelowTheBaseOnly() throws Exception {
    directory.person(
        "carol",
        OTHER,
        "memberOf: cn=ops,ou=groups," + BASE,
        "memberOf: CN=Data \\2B Base,OU=Groups," + BASE,
        "memberOf: cn=admin,ou=elsewhere," + BASE,
        "memberOf: ou=sub,ou=groups," + BASE,
        "memberOf: rubbish");
    AuthPlugin plugin =
        plugin(Map.of("group-attribute", "memberOf", "group-base", "ou=groups," + BASE));
    assertThat(ask(plugin, "carol", OTHER))
        .isEqualTo(
            new Verdict.Accepted("carol", Set.of("ops", "Data + Base"), "", Restrictions.NONE));
  }

  @Test
  void anEntryThatCannotBeUsedKeepsNobodyElseOut() throws Exception {
    String[] groups =
        IntStream.rangeClosed(0, 1000)
            .mapToObj(i -> "memberOf: cn=group%d,ou=groups,%s".formatted(i, BASE))
            .toArray(String[]::new);
    directory.person("carol", OTHER, groups);
    AuthPlugin plugin =
        plugin(Map.of("group-attribute", "memberOf", "group-base", "ou=groups," + BASE));

    // Keys are public: whoever knows her name and hers can ask for it.
    assertThatThrownBy(() -> ask(plugin, "carol", OTHER))
        .hasMessage("an entry is in more than 1000 groups");
    assertThat(ask(plugin, "carol", KEY)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
  }

  /** The user may write it, and anybody may ask for it. */
  @Test
  void anEntryThatIsTooLargeKeepsNobodyElseOut() throws Exception {
    directory.person("mallory", List.of("x".repeat(3 * 1024 * 1024)));
    AuthPlugin plugin = plugin(Map.of("stale", "0 s"));
    keepConnections(plugin, 3);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> ask(plugin, "mallory", OTHER))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("ended the connection");
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    }
    directory.stop();
    assertThatThrownBy(() -> ask(plugin, "mallory", OTHER)).isInstanceOf(CannotTellException.class);
    assertThat(reports.problems()).singleElement().asString().contains("takes no connections");
  }

  private void keepConnections(AuthPlugin plugin, int count) throws Exception {
    Phaser atOnce = new Phaser(count);
    directory.beforeSearch(atOnce::arriveAndAwaitAdvance);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        String name = "stranger" + i;
        threads.submit(() -> ask(plugin, name, OTHER)).state();
      }
    }
    directory.beforeSearch(() -> {});
  }

  @Test
  void moreGroupsThanTheDirectoryGivesKeepNobodyElseOut() throws Exception {
    try (TestDirectory small = new TestDirectory(authority.server("localhost"), 2)) {
      small.person("alice", KEY);
      small.person("carol", OTHER);
      for (String group : List.of("ops", "db", "web")) {
        small.add(
            "dn: cn=%s,ou=groups,%s".formatted(group, BASE),
            "objectClass: posixGroup",
            "memberUid: carol");
      }
      AuthPlugin plugin =
          plugin(
              Map.of(
                  "servers",
                  List.of(small.ldaps()),
                  "group-filter",
                  "(memberUid=%u)",
                  "group-base",
                  "ou=groups," + BASE,
                  "stale",
                  "0 s"));
      assertThatThrownBy(() -> ask(plugin, "carol", OTHER))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("size limit");
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    }
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void groupsComeFromASearchByNameOrByEntry() throws Exception {
    directory.add(
        "dn: cn=ops,ou=groups," + BASE,
        "objectClass: groupOfNames",
        "member: uid=alice,ou=people," + BASE);
    directory.add("dn: cn=db,ou=groups," + BASE, "objectClass: posixGroup", "memberUid: alice");
    directory.add(
        "dn: cn=admin,ou=elsewhere," + BASE, "objectClass: posixGroup", "memberUid: alice");
    String base = "ou=groups," + BASE;
    AuthPlugin byEntry = plugin(Map.of("group-filter", "(member=%d)", "group-base", base));
    AuthPlugin byName = plugin(Map.of("group-filter", "(memberUid=%u)", "group-base", base));
    assertThat(ask(byEntry, "alice", KEY)).isEqualTo(accepted(Set.of("ops")));
    assertThat(ask(byName, "alice", KEY)).isEqualTo(accepted(Set.of("db")));
  }

  /** A second question would tell by its time who exists. */
  @Test
  void aStrangersKeyCostsAsManyQuestionsForAUserAsForNobody() throws Exception {
    String base = "ou=groups," + BASE;
    AuthPlugin plugin = plugin(Map.of("group-filter", "(memberUid=%u)", "group-base", base));

    assertThat(ask(plugin, "alice", OTHER)).isEqualTo(UNCLAIMED);
    assertThat(directory.searches()).containsExactly("(uid=alice)");
    assertThat(ask(plugin, "nobody", OTHER)).isEqualTo(UNCLAIMED);
    assertThat(directory.searches()).containsExactly("(uid=alice)", "(uid=nobody)");
  }

  @Test
  void whatAStrangerHearsOfAUserIsNeitherFasterNorKeptForAnOutage() throws Exception {
    AuthPlugin plugin = plugin(Map.of("fresh", "1 h"));
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    int before = directory.searches().size();
    assertThat(ask(plugin, "alice", OTHER)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "nobody", OTHER)).isEqualTo(UNCLAIMED);
    assertThat(directory.searches()).hasSize(before + 2);
    AuthPlugin forgetful = plugin(Map.of());
    assertThat(ask(forgetful, "alice", OTHER)).isEqualTo(UNCLAIMED);
    directory.stop();
    for (String user : List.of("alice", "nobody")) {
      assertThatThrownBy(() -> ask(forgetful, user, OTHER)).isInstanceOf(CannotTellException.class);
    }
  }

  @Test
  void aDisabledAccountIsKeptOutByTheFilter() throws Exception {
    directory.replace("uid=alice,ou=people," + BASE, "accountStatus", "locked");
    AuthPlugin plugin = plugin(Map.of("filter", "(&(uid=%u)(!(accountStatus=locked)))"));
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(UNCLAIMED);
    directory.replace("uid=alice,ou=people," + BASE, "accountStatus", "fine");
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
  }

  @Test
  void twoEntriesOfOneNameLetNobodyIn() throws Exception {
    directory.add(
        "dn: cn=second,ou=people," + BASE,
        "objectClass: person",
        "uid: alice",
        "sshPublicKey: " + TestKeys.line(OTHER));
    AuthPlugin plugin = plugin(Map.of());
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin, "alice", OTHER)).isEqualTo(UNCLAIMED);
    assertThat(reports.problems()).singleElement().asString().contains("not the only entry");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        ")(uid=*",
        "a*",
        "\0",
        "alice\0",
        "\u202ealice",
        "\u2066alice",
        "a b",
        "-x",
        ""
      })
  void aNameThatIsNoneNeverReachesTheDirectory(String name) throws Exception {
    assertThat(ask(plugin(Map.of()), name, KEY)).isEqualTo(UNCLAIMED);
    assertThat(ask(plugin(Map.of()), name + "x".repeat(64 * 1024), KEY)).isEqualTo(UNCLAIMED);
    assertThat(directory.searches()).isEmpty();
  }

  @Test
  void aNameInOtherLettersThatTheDirectoryTakesForTheSameIsNobody() throws Exception {
    AuthPlugin plugin = plugin(Map.of());
    assertThat(ask(plugin, "ALICE", KEY)).isEqualTo(UNCLAIMED);
    assertThat(directory.searches()).containsExactly("(uid=ALICE)");
  }

  @Test
  void strangersWhoTryTheSameNamesWithOneKeyAskTheDirectoryOnce() throws Exception {
    AuthPlugin plugin = plugin(Map.of("fresh", "1 h"));
    for (int i = 0; i < 100; i++) {
      assertThat(ask(plugin, "stranger" + i % 10, OTHER)).isEqualTo(UNCLAIMED);
    }
    assertThat(directory.searches()).hasSize(10);
  }

  @Test
  void aKeyThatIsTakenAwayEndsTheLogin() throws Exception {
    AuthPlugin plugin = plugin(Map.of());
    assertThat(plugin.recheck(attempt("alice"), KEY)).isEqualTo(IN);
    directory.replace("uid=alice,ou=people," + BASE, "sshPublicKey", TestKeys.line(OTHER));
    assertThat(plugin.recheck(attempt("alice"), KEY)).isEqualTo(UNCLAIMED);
    directory.remove("uid=alice,ou=people," + BASE);
    assertThat(plugin.recheck(attempt("alice"), OTHER)).isEqualTo(UNCLAIMED);
  }

  @Test
  void inAnOutageThoseItKnewGoOnAndNobodyElseGetsIn() throws Exception {
    AuthPlugin plugin = plugin(Map.of());
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    directory.stop();
    for (int i = 0; i < 5; i++) {
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      assertThatThrownBy(() -> ask(plugin, "alice", OTHER)).isInstanceOf(CannotTellException.class);
      assertThatThrownBy(() -> ask(plugin, "bob", KEY)).isInstanceOf(CannotTellException.class);
    }
    assertThat(reports.problems())
        .singleElement()
        .asString()
        .contains("only users that it accepted a short while ago can log in");
  }

  @Test
  void whenTheStaleTimeIsOverTheAnswerIsThatNobodyKnows() throws Exception {
    AuthPlugin plugin = plugin(Map.of("stale", "0 s"));
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    directory.stop();
    assertThatThrownBy(() -> plugin.recheck(attempt("alice"), KEY))
        .isInstanceOf(CannotTellException.class);
  }

  @Test
  void aConnectionThatTheServerEndedIsMadeAnewUnnoticed() throws Exception {
    AuthPlugin plugin = plugin(Map.of("stale", "0 s"));
    try (HangingServer between = new HangingServer(directory.ldaps())) {
      AuthPlugin through = plugin(Map.of("servers", List.of(between.ldaps()), "stale", "0 s"));
      assertThat(ask(through, "alice", KEY)).isEqualTo(IN);
      between.cut();
      assertThat(ask(through, "alice", KEY)).isEqualTo(IN);
    }
    assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
    assertThat(reports.problems()).isEmpty();
  }

  @Test
  void theNextServerAnswersWhereOneIsGoneOrHangs() throws Exception {
    try (HangingServer hanging = new HangingServer(directory.ldaps());
        TestDirectory gone = new TestDirectory(authority.server("localhost"))) {
      String goneUrl = gone.ldaps();
      gone.stop();
      AuthPlugin plugin =
          plugin(
              Map.of(
                  "servers", List.of(goneUrl, hanging.ldaps(), directory.ldaps()),
                  "connect-timeout", "3 s",
                  "response-timeout", "3 s",
                  "stale", "0 s"));
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      hanging.hang();
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      assertThat(reports.problems())
          .satisfiesExactly(
              told -> assertThat(told).contains(goneUrl, "takes no connections", "the next"),
              told -> assertThat(told).contains(hanging.ldaps(), "in time", "the next"));
    }
  }

  @Test
  void theNextServerAnswersWhereOneAnswersWithAnError() throws Exception {
    try (TestDirectory empty = new TestDirectory(authority.server("localhost"))) {
      empty.remove("ou=people," + BASE);
      AuthPlugin plugin =
          plugin(Map.of("servers", List.of(empty.ldaps(), directory.ldaps()), "stale", "0 s"));
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      int asked = empty.searches().size();
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      assertThat(empty.searches()).hasSize(asked);
    }
  }

  /** A timeout for each read would begin anew with each byte. */
  @ParameterizedTest
  @EnumSource
  void aServerThatNeverEndsTheHandshakeIsGivenUpForTheNext(Server.Tls tls) throws Exception {
    try (DribblingServer dribbler = new DribblingServer(tls)) {
      AuthPlugin both =
          plugin(
              Map.of(
                  "servers", List.of(dribbler.url(), directory.ldaps()), "connect-timeout", "8 s"));
      assertThat(ask(both, "alice", KEY)).isEqualTo(IN);
      assertThat(reports.problems())
          .singleElement()
          .asString()
          .contains(dribbler.url(), "does not answer in time", "the next");

      AuthPlugin alone =
          plugin(Map.of("servers", List.of(dribbler.url()), "connect-timeout", "1 s"));
      assertCannotTell(alone, dribbler.url() + " does not answer in time");
      await(() -> dribbler.connections() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftOfAHandshakeWhenThePluginIsClosed(Server.Tls tls) throws Exception {
    try (DribblingServer dribbler = new DribblingServer(tls);
        var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      AuthPlugin plugin =
          new LdapPluginFactory()
              .open(
                  new PluginSettings(
                      settings(
                          Map.of("servers", List.of(dribbler.url()), "connect-timeout", "5 s"))),
                  reports);
      Future<Verdict> asked = waiting.submit(() -> ask(plugin, "alice", KEY));
      await(() -> dribbler.connections() == 1);
      plugin.close();
      assertThatThrownBy(asked::get).hasCauseInstanceOf(CannotTellException.class);
      await(() -> dribbler.connections() == 0);
      String port = dribbler.url().substring(dribbler.url().lastIndexOf(':'));
      await(() ->
          Thread.getAllStackTraces().keySet().stream()
              .noneMatch(thread -> thread.getName().endsWith(port)));
    }
  }

  @Test
  void aHangIsOverByItselfWhenTheServerAnswersAgain() throws Exception {
    try (HangingServer hanging = new HangingServer(directory.ldaps())) {
      hanging.hang();
      AuthPlugin plugin =
          plugin(
              Map.of(
                  "servers", List.of(hanging.ldaps()),
                  "connect-timeout", "1 s",
                  "response-timeout", "1 s"));
      assertCannotTell(plugin, "does not answer in time");
      assertThat(reports.problems()).hasSize(1);
      hanging.pass();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      Verdict verdict = UNCLAIMED;
      while (!verdict.equals(IN)) {
        assertThat(System.nanoTime()).as("still out").isLessThan(deadline);
        try {
          verdict = ask(plugin, "alice", KEY);
        } catch (CannotTellException pause) {
          Thread.onSpinWait();
        }
      }
      hanging.hang();
      hanging.cut();
      assertThatThrownBy(() -> ask(plugin, "bob", KEY)).isInstanceOf(CannotTellException.class);
      assertThat(reports.problems()).as("it comes and goes").hasSize(1);
    }
  }

  /** The figure of the README. */
  @Test
  void aDirectoryThatHangsSlowsNoUserThatItKnew() throws Exception {
    try (HangingServer hanging = new HangingServer(directory.ldaps());
        var strangers = Executors.newVirtualThreadPerTaskExecutor()) {
      AuthPlugin plugin =
          plugin(
              Map.of(
                  "servers", List.of(hanging.ldaps()),
                  "connect-timeout", "2 s",
                  "response-timeout", "2 s",
                  "timeout", "5 s"));
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      Duration before = slowest(plugin, 20);
      hanging.hang();
      List<Future<Verdict>> waiting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String name = "stranger" + i;
        waiting.add(strangers.submit(() -> ask(plugin, name, OTHER)));
      }
      Duration first = slowest(plugin, 1);
      for (Future<Verdict> stranger : waiting) {
        assertThatThrownBy(stranger::get).hasCauseInstanceOf(CannotTellException.class);
      }
      Duration later = slowest(plugin, 200);
      System.out.printf(
          "ldap: alice's answer takes %.1f ms; when the directory begins to hang under 200"
              + " strangers %d ms once, then %.1f ms (slowest of 200)%n",
          before.toNanos() / 1e6, first.toMillis(), later.toNanos() / 1e6);
      assertThat(first).isLessThan(Duration.ofSeconds(4));
      assertThat(later).isLessThan(Duration.ofSeconds(1));
    }
  }

  private static Duration slowest(AuthPlugin plugin, int times) throws Exception {
    Duration slowest = Duration.ZERO;
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      assertThat(ask(plugin, "alice", KEY)).isEqualTo(IN);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }
    return slowest;
  }

  @Test
  void everyFaultOfTheBlockIsNamedAtOnce() {
    Map<String, Object> wrong =
        Map.of(
            "servers", List.of("http://x", "ldap://", "ldaps://user@x", "ldaps://x/dc=y"),
            "ca-file", "/etc/../ca.pem",
            "bind-password-file", "/etc/\u001b[2J",
            "base", "not the name",
            "filter", "(uid=*)",
            "key-attribute", "ssh public key",
            "group-attribute", "memberOf",
            "fresh", "2 days",
            "timeout", 5);
    assertThatThrownBy(() -> new LdapPluginFactory().open(new PluginSettings(wrong), reports))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PluginSettings.Fault::key)
                    .containsExactlyInAnyOrder(
                        "servers",
                        "servers",
                        "servers",
                        "servers",
                        "ca-file",
                        "bind-password-file",
                        "base",
                        "filter",
                        "key-attribute",
                        "group-base",
                        "fresh",
                        "timeout"));
  }

  @ParameterizedTest
  @CsvSource({
    "filter, (&(uid=%u)(seeAlso=%d)), %d",
    "group-filter, (|(member=%d)(memberUid=%u)), %u",
    "group-filter, (|(memberUid=%u)(member=%d)), %u"
  })
  void aTokenThatWouldBeSearchedForLiterallyIsAFault(String key, String filter, String token) {
    Map<String, Object> wrong = settings(Map.of(key, filter, "group-base", "ou=groups," + BASE));
    wrong.putIfAbsent("group-filter", "(member=%d)");
    assertThatThrownBy(() -> new LdapPluginFactory().open(new PluginSettings(wrong), reports))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .singleElement()
                    .satisfies(fault -> {
                      assertThat(fault.key()).isEqualTo(key);
                      assertThat(fault.toString()).contains(token + " too");
                    }));
  }
}
