package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.operations.ReloadAnswer;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP and {@code sallyport reload}. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReloadTest {
  private static final String MALLORYS =
      "rules = [ { name = mallorys, users = [mallory], to = [\"127.0.0.1:1-65535\"] } ]";
  private static final String BOTH =
      """
      rules = [
        { name = to-private, groups = [ops], to = ["127.0.0.1:1-65535"] }
        { name = mallorys, users = [mallory], to = ["127.0.0.1:1-65535"] }
      ]
      """;

  @TempDir Path directory;

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  private static void assertEnds(Socket socket) throws IOException {
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  /** Without a warning. */
  private ReloadAnswer reloaded(List<String> changed, List<String> needRestart) {
    return new ReloadAnswer.Reloaded(
        directory.resolve("sallyport.conf").toString(), changed, needRestart, List.of());
  }

  private static List<String> strings(AuditReader.Event event, String name) {
    return event.json().at("/unmapped/" + name).valueStream().map(one -> one.asString()).toList();
  }

  @Test
  void aRuleThatIsGoneEndsItsForwardsWhileThoseOfOthersGoOn() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory, BOTH);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Tunnel other = Tunnel.openAs(bastion.ssh(), "bastion-as-mallory", echo.address());
        Socket open = mine.connect();
        Socket others = other.connect()) {
      assertEchoes(open);
      assertEchoes(others);

      ReloadAnswer answer = bastion.reload(MALLORYS);

      assertThat(answer).isEqualTo(reloaded(List.of("rules.to-private"), List.of()));
      assertEnds(open);
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo(echo.address() + " is in no rule for alice");
      assertEchoes(others);
      try (Socket again = mine.connect()) {
        assertEnds(again);
      }
      mine.ssh().awaitErrors("administratively prohibited: " + echo.address() + " is in no rule");
      AuditReader.Event reloaded = bastion.audit().await("configuration-reloaded");
      assertThat(strings(reloaded, "changed")).containsExactly("rules.to-private");
      assertThat(reloaded.json().at("/unmapped/sha256").asString()).hasSize(64);
      assertThat(bastion.audit().events("connection-revoked")).isEmpty();
    }
  }

  @Test
  void aForwardThatAnotherRuleAllowsOnTheSameTermsGoesOn() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = mine.connect()) {
      assertEchoes(open);

      bastion.reload(
          "rules = [ { name = renamed, users = [alice], to = [\"127.0.0.1:1-65535\"] } ]");
      bastion.reload(
          "rules = [ { name = once-more, users = [alice], to = [\"127.0.0.1:1-65535\"] } ]");

      awaitTheClocks(bastion);
      assertEchoes(open);
      assertThat(bastion.audit().events("forward-closed"))
          .noneMatch(event -> event.target().equals(echo.address()));
    }
  }

  /** One look at the clock is for all forwards. */
  @Test
  void aShorterLimitEndsNewForwardsWhileOldOnesKeepTheirs() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = mine.connect()) {
      assertEchoes(open);

      bastion.reload("limits.forward-max-duration = \"2 s\"");

      try (Socket after = mine.connect()) {
        assertEnds(after);
      }
      assertThat(bastion.audit().await("forward-closed").detail()).isEqualTo("open for 2 s");
      assertEchoes(open);
    }
  }

  /** A forward that is to end has ended when one that must end, and was asked later, has. */
  private void awaitTheClocks(TestBastion bastion) throws IOException {
    try (TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);
      bastion.reload(
          "rules = [ { name = but-one, users = [alice], to = [\"127.0.0.1:1-%d,%d-65535\"] } ]"
              .formatted(echo.port() - 1, echo.port() + 1));
      assertEnds(open);
    }
  }

  @Test
  void aGroupThatOneIsNotInAnyMoreEndsWhatItsRulesAllowed() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = mine.connect()) {
      assertEchoes(open);

      assertThat(bastion.reload("groups.ops = []"))
          .isEqualTo(reloaded(List.of("groups.ops"), List.of()));

      assertEnds(open);
      assertThat(mine.ssh().isAlive()).isTrue();
    }
  }

  @Test
  void aWrongFileChangesNothingAndSaysSoEverywhere() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = mine.connect()) {
      assertEchoes(open);

      ReloadAnswer answer = bastion.reload("rules = [ { name = nobody } ]", "surprise = 1");

      String file = directory.resolve("sallyport.conf").toString();
      assertThat(answer)
          .isInstanceOfSatisfying(
              ReloadAnswer.Rejected.class,
              rejected ->
                  assertThat(rejected.errors())
                      .hasSizeGreaterThan(1)
                      .allMatch(error -> error.startsWith(file + ":"))
                      .anyMatch(error -> error.contains("surprise")));
      AuditReader.Event refused = bastion.audit().await("configuration-refused");
      assertThat(strings(refused, "errors")).anyMatch(error -> error.contains("surprise"));
      assertEchoes(open);
      try (Socket again = mine.connect()) {
        assertEchoes(again);
      }
      assertThat(bastion.audit().events("configuration-reloaded")).isEmpty();
    }
  }

  @Test
  void aKeyFileThatIsMissingChangesNothing() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory)) {
      ReloadAnswer answer =
          bastion.reload("host-keys = [ed25519, \"%s/none\"]".formatted(directory));

      assertThat(answer)
          .isEqualTo(
              new ReloadAnswer.Failed("host key %s/none does not exist".formatted(directory)));
      assertThat(bastion.audit().await("configuration-refused").detail())
          .isEqualTo("host key %s/none does not exist".formatted(directory));
      assertThat(bastion.ssh().ssh("bastion").output()).startsWith("You are alice");
    }
  }

  @Test
  void whatCannotChangeNowIsNamedAndTheRestTakesEffect() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory)) {
      ReloadAnswer answer =
          bastion.reload("listen = [\"127.0.0.1:1\"]", "algorithms.ciphers = [\"aes256-ctr\"]");

      assertThat(answer).isEqualTo(reloaded(List.of("algorithms.ciphers"), List.of("listen")));
      assertThat(strings(bastion.audit().await("configuration-reloaded"), "need_restart"))
          .containsExactly("listen");
      assertThat(bastion.ssh().ssh("-v", "bastion").errors()).contains("cipher: aes256-ctr");
    }
  }

  @Test
  void newConnectionsAreShownTheNewHostKey() throws Exception {
    Path key = OpenSsh.makeKey(directory.resolve("new-host-key"), "-t", "ecdsa");
    try (TestBastion bastion = TestBastion.start(directory)) {
      bastion.reload("host-keys = [\"%s\"]".formatted(key));

      assertThat(
              bastion
                  .ssh()
                  .ssh("-v", "-o", "HostKeyAlgorithms=ecdsa-sha2-nistp256", "bastion")
                  .errors())
          .contains("Server host key: ecdsa-sha2-nistp256");
    }
  }

  @Test
  void thePluginsBeforeAreClosedWhenNobodyAsksThemAnyMore() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    OraclePlugin oracle = new OraclePlugin("alice");
    plugins.add(oracle);
    String settings = "auth.plugins = [ { type = oracle } ]";
    try (TestBastion bastion = TestBastion.start(directory, plugins, settings);
        TcpTarget echo = TcpTarget.echoes();
        Socket stranger = new Socket(InetAddress.ofLiteral("127.0.0.1"), bastion.port());
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertThat(stranger.getInputStream().read()).isEqualTo('S');
      assertEchoes(open);

      bastion.reload(settings, "stop-timeout = \"2 s\"");
      assertThat(oracle.opened()).isEqualTo(2);
      Condition.await("the login is asked about anew", () -> oracle.questions() > 0);
      assertThat(oracle.closed()).as("somebody is logging in under it").isZero();

      stranger.shutdownOutput();
      Condition.await("it is closed", () -> oracle.closed() == 1);
      assertEchoes(open);
    }
    assertThat(oracle.closed()).isEqualTo(2);
  }

  @Test
  void aQuestionThatHangsUnderTheConfigurationBeforeDoesNotKeepItsPluginsOpen() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    OraclePlugin oracle = new OraclePlugin("alice");
    plugins.add(oracle);
    String settings = "auth { plugins = [ { type = oracle } ], recheck = \"1 s\" }";
    try (TestBastion bastion = TestBastion.start(directory, plugins, settings);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      oracle.hang();
      Condition.await("the plugin hangs", oracle::isHanging);

      bastion.reload(settings, "stop-timeout = \"2 s\"");

      Condition.await("it is closed", () -> oracle.closed() == 1);
      assertEchoes(open);
    }
  }

  @Test
  void aPluginThatIsGoneTakesItsLoginsWithItUnlessAnotherKnowsTheKey() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    plugins.add(new OraclePlugin("alice"));
    String both =
        "auth.plugins = [ { type = oracle }, { type = authorized-keys, files = [\"%s/keys/%%u\"] } ]"
            .formatted(directory);
    try (TestBastion bastion = TestBastion.start(directory, plugins, both);
        TcpTarget echo = TcpTarget.echoes()) {
      Path unknown = OpenSsh.makeKey(directory.resolve("unknown"), "-t", "ed25519");
      bastion
          .ssh()
          .host(
              "unknown",
              "HostName 127.0.0.1",
              "Port " + bastion.port(),
              "User alice",
              "IdentityFile " + unknown);
      try (Tunnel known = Tunnel.open(bastion.ssh(), echo.address());
          Tunnel gone = Tunnel.openAs(bastion.ssh(), "unknown", echo.address());
          Socket stays = known.connect();
          Socket ends = gone.connect()) {
        assertEchoes(stays);
        assertEchoes(ends);

        bastion.reload();

        assertEnds(ends);
        assertThat(bastion.audit().await("connection-revoked").detail())
            .isEqualTo("no plugin knows the key any more");
        assertEchoes(stays);
        assertThat(bastion.audit().events("connection-revoked")).hasSize(1);
      }
    }
  }

  @Test
  void aReloadUnderLoadDropsNoneOfTwoHundredForwards() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address())) {
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        open.add(tunnel.connect());
        assertEchoes(open.getLast());
      }

      for (int round = 0; round < 5; round++) {
        assertThat(bastion.reload("limits.channels-per-connection = " + (300 + round)))
            .isEqualTo(reloaded(List.of("limits.channels-per-connection"), List.of()));
        for (Socket socket : open) {
          assertEchoes(socket);
        }
      }
      awaitTheClocks(bastion);
      for (Socket socket : open) {
        assertEchoes(socket);
        socket.close();
      }
    }
  }

  @Test
  void whoAsksWhileAReloadRunsSharesTheNextOne() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory)) {
      assertThat(
              IntStream.range(0, 100)
                  .parallel()
                  .mapToObj(i -> bastion.reloadAsItIs())
                  .toList()
                  .stream()
                  .map(CompletableFuture::join))
          .allMatch(ReloadAnswer.Reloaded.class::isInstance);
      assertThat(bastion.audit().events("configuration-reloaded")).hasSizeBetween(1, 50);
    }
  }

  static Command sallyport(String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                // Whoever runs the tests with nohup or in the background would pass it on ignored.
                "env",
                "--default-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sallyport.Main"));
    all.addAll(List.of(words));
    return Command.start(all);
  }

  @Test
  void theCommandSaysWhichFileTheServerReadsAndWhatIsOddInIt() throws Exception {
    Path file = TestBastion.prepare(directory);
    Path other = Files.copy(file, directory.resolve("other.conf"));
    String odd = "{ name = odd, users = [bob], to = [\"127.0.0.1:1\", \"10.9.9.9:22\"] }";
    String missing = "auth.plugins += { type = totp, directory = \"" + directory + "/none\" }";
    try (Command server = sallyport("serve", "--config", file.toString())) {
      server.awaitErrors("listening on");
      TestBastion.prepare(directory, "rules += " + odd, missing);
      try (Command reload = sallyport("reload", "--config", other.toString())) {
        Command.Ended ended = reload.await();
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.output()).isEmpty();
        assertThat(ended.errors())
            .contains("nothing was reloaded")
            .contains(
                "reads %1$s, and not %2$s; run sallyport reload --config %1$s"
                    .formatted(file, other));
      }
      String stateDir = directory.resolve("state").toString();
      try (Command reload = sallyport("reload", "--state-dir", stateDir)) {
        Command.Ended ended = reload.await();
        assertThat(ended.exit()).as(ended.errors()).isZero();
        assertThat(ended.output()).startsWith("reloaded " + file + "; changed: ");
        assertThat(ended.errors().lines())
            .anySatisfy(line ->
                assertThat(line)
                    .startsWith("warning: " + file + ":")
                    .endsWith(
                        "rules[1].to[1]: 10.9.9.9:22 is not in private-networks, so"
                            + " nobody can reach it"))
            .anySatisfy(
                line -> assertThat(line).startsWith("warning: totp: nobody has a second factor"));
      }
      try (Command reload = sallyport("reload", "--state-dir", stateDir, "--config", "/none")) {
        assertThat(reload.await().errors()).contains("reads " + file + ", and not /none");
      }
    }
  }

  @Test
  void sighupAndTheCommandReloadTheServerThatRuns() throws Exception {
    Path file = TestBastion.prepare(directory);
    try (Command server = sallyport("serve", "--config", file.toString())) {
      server.awaitErrors("listening on");

      TestBastion.prepare(directory, "groups.ops = [alice, bob]");
      server.signal("HUP");
      server.awaitErrors("reloaded " + file + "; changed: groups.ops");

      TestBastion.prepare(directory, "groups.ops = [alice, carol]", "listen = [\"127.0.0.1:1\"]");
      try (Command reload = sallyport("reload", "--config", file.toString())) {
        Command.Ended ended = reload.await();
        assertThat(ended.exit()).as(ended.errors()).isZero();
        assertThat(ended.output())
            .contains("reloaded " + file + "; changed: groups.ops")
            .contains("listen changed too; restart the server");
      }

      TestBastion.prepare(directory, "surprise = 1");
      try (Command check = sallyport("config", "check", "--config", file.toString());
          Command reload = sallyport("reload", "--config", file.toString())) {
        Command.Ended checked = check.await();
        Command.Ended ended = reload.await();
        assertThat(ended.exit()).isEqualTo(78).isEqualTo(checked.exit());
        assertThat(ended.errors()).isEqualTo(checked.errors()).contains("surprise");
      }

      Files.writeString(file, "sallyport { ");
      try (Command reload =
          sallyport("reload", "--state-dir", directory.resolve("state").toString())) {
        Command.Ended ended = reload.await();
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.errors()).contains("cannot be read as HOCON");
      }
      assertThat(server.isAlive()).isTrue();
      server.signal("TERM");
      assertThat(server.await().exit()).isZero();
      assertThat(
              new AuditReader(TestBastion.auditDirectory(directory))
                  .events("configuration-refused"))
          .hasSize(2);
    }
    TestBastion.prepare(directory);
    try (Command reload = sallyport("reload", "--config", file.toString())) {
      Command.Ended ended = reload.await();
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.errors()).contains("no server answers at " + directory.resolve("state"));
    }
  }
}
