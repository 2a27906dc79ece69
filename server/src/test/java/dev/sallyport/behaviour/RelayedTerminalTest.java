package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real sshd makes of what a client asks a recorded session for. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RelayedTerminalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSshd instance;
  private static Tunnel tunnel;
  private static SshClient library;
  private static ClientSession session;

  @BeforeAll
  static void start() throws Exception {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("") + "]");
    tunnel = Tunnel.open(bastion.ssh(), "127.0.0.1:" + instance.port());
    library = SshClient.setUpDefaultClient();
    library.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    library.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    library.start();
    session =
        library.connect(instance.user(), "127.0.0.1", tunnel.port()).verify(PATIENCE).getSession();
    session.addPublicKeyIdentity(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256));
    session.auth().verify(PATIENCE);
  }

  @AfterAll
  static void stop() {
    library.stop();
    tunnel.close();
    bastion.close();
    instance.close();
  }

  /** A command with a terminal, and what it printed. */
  private record Running(ChannelExec channel, ByteArrayOutputStream output) {
    String end() {
      assertThat(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE))
          .contains(ClientChannelEvent.CLOSED);
      return output.toString(StandardCharsets.UTF_8);
    }
  }

  private static Running start(String command) throws IOException {
    ChannelExec channel = session.createExecChannel(command);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    channel.setUsePty(true);
    channel.setPtyType("vt100");
    channel.setPtyColumns(132);
    channel.setPtyLines(43);
    channel.setPtyModes(
        Map.of(PtyMode.VINTR, 5, PtyMode.ECHO, 0, PtyMode.IXANY, 1, PtyMode.TTY_OP_OSPEED, 9600));
    channel.setOut(output);
    channel.open().verify(PATIENCE);
    return new Running(channel, output);
  }

  @Test
  void theTerminalIsAsTheClientAskedForIt() throws Exception {
    assertThat(start("echo $TERM; stty -a").end())
        .contains("vt100", "rows 43; columns 132", "intr = ^E", "-echo ", " ixany", "9600 baud");
  }

  @Test
  void theTerminalIsAsLargeAsTheClientsWindowIsNow() throws Exception {
    Running running = start("read line; stty size");
    running.channel().sendWindowChange(100, 50);
    running.channel().getInvertedIn().write('\n');
    running.channel().getInvertedIn().flush();

    assertThat(running.end()).contains("50 100");
  }

  @Test
  void theClientHearsWhichSignalEndedTheCommand() throws Exception {
    Running running = start("kill -TERM $$");

    running.end();
    assertThat(running.channel().getExitSignal()).isEqualTo("TERM");
    assertThat(
            bastion
                .audit()
                .await(
                    "session-closed",
                    event ->
                        event.json().at("/unmapped/command").asString("").equals("kill -TERM $$"))
                .json()
                .toString())
        .contains("TERM");
  }
}
