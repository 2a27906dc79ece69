package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is no longer authorized ends within seconds, and nothing else does. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RevocationTest {
  private static final String EVERY_SECOND = "auth.recheck = \"1 s\"";

  @TempDir Path directory;

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  private static void assertEnds(Socket socket) throws IOException {
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  private void takeKeysOf(String user) throws IOException {
    Files.writeString(directory.resolve("keys").resolve(user), "");
  }

  @Test
  void aKeyThatIsRemovedEndsItsConnectionsWithASentenceAndNoOthers() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory, EVERY_SECOND, MALLORY_TOO);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Tunnel other = Tunnel.openAs(bastion.ssh(), "bastion-as-mallory", echo.address());
        Socket open = mine.connect();
        Socket others = other.connect()) {
      assertEchoes(open);
      assertEchoes(others);

      takeKeysOf("alice");

      assertEnds(open);
      assertThat(mine.ssh().await().errors())
          .contains("Received disconnect from 127.0.0.1")
          .contains("the key of alice is no longer accepted");
      AuditReader.Event revoked = bastion.audit().await("connection-revoked");
      assertThat(revoked.user()).isEqualTo("alice");
      assertThat(revoked.detail()).isEqualTo("plugin authorized-keys knows the key no more");
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
      assertThat(bastion.audit().await("connection-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
      assertEchoes(others);
      assertThat(bastion.audit().events("connection-revoked")).hasSize(1);
    }
  }

  private static final String MALLORY_TOO =
      "rules = [ { name = to-private, users = [alice, mallory], to = [\"127.0.0.1:1-65535\"] } ]";

  @Test
  void aKeyThatExpiresEndsItsConnections() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    Path keys = directory.resolve("keys/alice");
    TestBastion.prepare(directory);
    Files.writeString(keys, "expiry-time=\"20261123120000Z\" " + Files.readString(keys));
    try (TestBastion bastion =
            TestBastion.start(directory, ConfigurationLoader.installedPlugins(), now::get);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);

      now.set(Instant.parse("2026-11-23T12:00:00Z"));

      assertEnds(open);
      assertThat(tunnel.ssh().await().errors())
          .contains("the key of alice expired at 2026-11-23T12:00:00Z");
      assertThat(bastion.audit().await("connection-revoked").detail())
          .isEqualTo("the key of alice expired at 2026-11-23T12:00:00Z");
    }
  }

  @Test
  void aRuleWhoseHoursAreOverEndsItsForwardsAndNoOthers() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T17:59:00Z"));
    try (TcpTarget daily = TcpTarget.echoes();
        TcpTarget always = TcpTarget.echoes();
        TestBastion bastion =
            TestBastion.start(
                directory,
                ConfigurationLoader.installedPlugins(),
                now::get,
                """
                rules = [
                  { name = daily, users = [alice], to = ["%s"], time = ["daily 08:00-18:00 UTC"] }
                  { name = always, users = [alice], to = ["%s"] }
                ]
                """
                    .formatted(daily.address(), always.address()));
        Tunnel tunnel = Tunnel.open(bastion.ssh(), daily.address(), always.address());
        Socket ends = tunnel.connect(0);
        Socket stays = tunnel.connect(1)) {
      assertEchoes(ends);
      assertEchoes(stays);

      now.set(Instant.parse("2026-11-23T18:00:00Z"));

      assertEnds(ends);
      tunnel.ssh().awaitErrors("a forward ends: " + daily.address() + " is in no rule for alice");
      AuditReader.Event closed = bastion.audit().await("forward-closed");
      assertThat(closed.rule()).isEqualTo("daily");
      assertThat(closed.detail()).isEqualTo(daily.address() + " is in no rule for alice");
      assertEchoes(stays);
      assertThat(tunnel.ssh().isAlive()).isTrue();
    }
  }

  @Test
  void aPluginThatHangsKeepsNoOtherPluginFromRevokingAndNoLoginAliveForEver() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    OraclePlugin oracle = new OraclePlugin("mallory");
    plugins.add(oracle);
    try (TestBastion bastion =
            TestBastion.start(
                directory,
                plugins,
                EVERY_SECOND,
                "auth.recheck-grace = \"0 s\"",
                MALLORY_TOO,
                "auth.plugins = [ { type = oracle }, { type = authorized-keys, files = [\"%s/keys/%%u\"] } ]"
                    .formatted(directory));
        TcpTarget echo = TcpTarget.echoes();
        Tunnel mine = Tunnel.open(bastion.ssh(), echo.address());
        Tunnel hanging = Tunnel.openAs(bastion.ssh(), "bastion-as-mallory", echo.address());
        Socket open = mine.connect();
        Socket other = hanging.connect()) {
      assertEchoes(open);
      assertEchoes(other);
      oracle.hang();
      Condition.await("the plugin hangs", oracle::isHanging);

      takeKeysOf("alice");

      assertEnds(open);
      assertThat(bastion.audit().await("connection-revoked").user()).isEqualTo("alice");
      assertEnds(other);
      assertThat(hanging.ssh().await().errors())
          .contains("for 0 s it could not be checked whether mallory may still be logged in");
    }
  }

  @Test
  void aPluginThatCannotTellRevokesNothingBeforeItsGraceIsOver() throws Exception {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    OraclePlugin oracle = new OraclePlugin("alice");
    plugins.add(oracle);
    try (TestBastion bastion =
            TestBastion.start(
                directory,
                plugins,
                EVERY_SECOND,
                "auth.recheck-grace = \"1 h\"",
                "auth.plugins = [ { type = oracle } ]");
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);
      long before = oracle.questions();
      oracle.fail();
      Condition.await("it is asked again and again", () -> oracle.questions() > before + 2);
      assertEchoes(open);

      oracle.refuse("the certificate is revoked");

      assertEnds(open);
      assertThat(bastion.audit().await("connection-revoked").detail())
          .isEqualTo("the certificate is revoked");
    }
  }

  @Test
  void aPluginThatBreaksIsAskedAgainSoThatARevocationIsNotMissed() throws Exception {
    OraclePlugin oracle = new OraclePlugin("alice");
    try (TestBastion bastion =
            TestBastion.start(
                directory, List.of(oracle), EVERY_SECOND, "auth.plugins = [ { type = oracle } ]");
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);
      oracle.breakDown();
      long before = oracle.questions();
      Condition.await("it is asked again and again", () -> oracle.questions() > before + 2);
      assertEchoes(open);

      oracle.refuse("the certificate is revoked");

      assertEnds(open);
    }
  }

  @Test
  void aKeyThatMayForwardNoMoreEndsItsForwardsAndNotItsConnection() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory, EVERY_SECOND);
        TcpTarget echo = TcpTarget.echoes();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), echo.address());
        Socket open = tunnel.connect()) {
      assertEchoes(open);
      String keys = Files.readString(directory.resolve("keys/alice"));

      TestBastion.writeKeys(directory, "alice", "no-port-forwarding " + keys);

      assertEnds(open);
      tunnel.ssh().awaitErrors("a forward ends: the key of alice may not open forwards");
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo("the key of alice may not open forwards");
      assertThat(bastion.audit().events("connection-revoked")).isEmpty();
      assertThat(tunnel.ssh().isAlive()).isTrue();
    }
  }

  @Test
  void aClientThatDoesNotReadKeepsNothingThatItHasLost() throws Exception {
    try (TestBastion bastion = TestBastion.start(directory, EVERY_SECOND);
        TcpTarget endless = TcpTarget.sendsEndlessly();
        Tunnel tunnel = Tunnel.open(bastion.ssh(), endless.address());
        Socket socket = tunnel.connect()) {
      assertThat(socket.getInputStream().read()).isZero();
      tunnel.ssh().signal("STOP");
      Quiet.await("the target's sending", endless::sent);

      takeKeysOf("alice");

      bastion.audit().await("connection-closed");
      assertThat(bastion.audit().await("forward-closed").detail())
          .isEqualTo("the key of alice is no longer accepted");
    }
  }
}
