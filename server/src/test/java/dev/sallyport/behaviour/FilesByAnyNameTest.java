package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that stock clients carry are logged one by one, or the session is refused in words. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FilesByAnyNameTest {
  private static final String SFTP_SERVER = "/usr/lib/openssh/sftp-server";

  private static final String FILE_BY_FILE =
      "sallyport: this session must be recorded file by file, and what passes is not understood as"
          + " ";

  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    instance = new OpenSshd(directory.resolve("instance"), "SetEnv HOME=" + home);
    start("strict");
  }

  private void start(String guarantee) throws IOException {
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording { reserve = \"0 B\", guarantee = %s }".formatted(guarantee),
            "rules = [\n" + instance.recordedRule("") + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private void assertLogged(Path path) {
    bastion
        .audit()
        .await(
            "file-transferred",
            event ->
                event.json().at("/file/path").asString("").startsWith(path.toString())
                    && event.json().path("status_id").asInt() == 1);
  }

  private void assertNothingLogged() {
    assertThat(bastion.audit().events("file-transferred")).isEmpty();
  }

  private static Path upload(Path file) throws IOException {
    return Files.write(file, new byte[200_000]);
  }

  // ---- sftp by another name than its subsystem's ----

  private Command.Ended sftp(String... more) throws IOException {
    Path batch =
        Files.writeString(
            directory.resolve("batch"),
            "put %s %s\n".formatted(directory.resolve("up"), directory.resolve("there")));
    upload(directory.resolve("up"));
    List<String> words = new ArrayList<>(List.of("-q", "-b", batch.toString()));
    words.addAll(List.of(more));
    words.add("instance");
    return ssh.run("sftp", words.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SFTP_SERVER,
        "A=b " + SFTP_SERVER + " -e",
        "cd /; exec " + SFTP_SERVER,
        "sh -c " + SFTP_SERVER
      })
  void aServerOfSftpThatACommandStartsIsReadAsSftp(String server) throws IOException {
    Command.Ended ended = sftp("-s", server);

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertLogged(directory.resolve("there"));
  }

  /** A user's way round the bound on what a command may print must not be a way round its log. */
  @Test
  void aServerThatReadsSomethingElseFirstIsFoundByItsAnswer() throws IOException {
    try (Command hidden = ssh.start("instance", "head -c 1 >/dev/null; exec " + SFTP_SERVER)) {
      hidden.input().write(new byte[] {'x', 0, 0, 0, 5, 1, 0, 0, 0, 3});
      hidden.input().flush();

      Command.Ended ended = hidden.await();

      assertThat(ended.errors())
          .contains(FILE_BY_FILE + "sftp: the target answers as an sftp server");
      assertThat(ended.output()).isEmpty();
    }
  }

  @Test
  void sftpOverATerminalIsRefused() throws IOException {
    try (Command raw =
        ssh.start("-tt", "instance", "stty raw -echo; echo ready; exec " + SFTP_SERVER)) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      while (!said.toString(StandardCharsets.UTF_8).contains("ready")) {
        said.write(raw.output().read());
      }
      raw.input().write(new byte[] {0, 0, 0, 5, 1, 0, 0, 0, 3});
      raw.input().flush();

      assertThat(raw.await().errors()).contains(FILE_BY_FILE + "sftp: it has a terminal");
    }
  }

  /** As a command that is fed bytes which begin a little like sftp: an icon does. */
  @Test
  void aCommandThatIsFedBinaryIsLeftAlone() throws Exception {
    byte[] icon = new byte[5_000];
    System.arraycopy(new byte[] {0, 0, 1, 0, 1, 0, 16, 16}, 0, icon, 0, 8);
    for (byte[] input : List.of(icon, new byte[3], new byte[] {0, 0, 0, 5}, new byte[0])) {
      Path there = directory.resolve("there" + input.length);
      try (Command cat = ssh.start("instance", "cat > " + there)) {
        try (var in = cat.input()) {
          in.write(input);
        }
        assertThat(cat.await().exit()).isZero();
      }
      assertThat(there).hasBinaryContent(input);
    }
    assertThat(
            bastion
                .audit()
                .await(
                    "session-closed",
                    event -> event.json().at("/unmapped/command").asString("").endsWith("there3"))
                .bytesFromClient())
        .isEqualTo(3);
  }

  // ---- scp ----

  @Test
  void aPathWithAVariableOfTheTargetsIsReadAsItIsWritten() throws IOException {
    Path file = upload(directory.resolve("up"));

    Command.Ended ended = ssh.run("scp", "-O", file.toString(), "instance:$HOME/there");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(directory.resolve("home/there")).hasSize(200_000);
    assertLogged(Path.of("$HOME/there"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"$(pwd)/there", "there; id", "`pwd`/there", "${HOME:-/}/there"})
  void aPathThatTheTargetsShellRunsIsRefusedInWords(String path) throws IOException {
    Path file = upload(directory.resolve("up"));

    Command.Ended ended = ssh.run("scp", "-O", file.toString(), "instance:" + path);

    assertThat(ended.exit()).isNotZero();
    assertThat(ended.errors())
        .contains(FILE_BY_FILE + "scp: it has a ", "write the command as scp, its options");
    assertNothingLogged();
    assertThat(bastion.audit().await("session-failed").detail()).contains("scp: it has a ");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  @Test
  void underBestEffortTheLogSaysThatItWasNotUnderstood() throws IOException {
    bastion.close();
    start("best-effort");
    Path file = upload(directory.resolve("up"));

    Command.Ended ended =
        ssh.run("scp", "-O", file.toString(), "instance:$(echo %s)/there".formatted(directory));

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(directory.resolve("there")).hasSize(200_000);
    assertThat(bastion.audit().await("file-changed").json().at("/unmapped/detail").asString(""))
        .isEqualTo("scp is not understood from here on");
  }

  @Test
  void scpWithATerminalIsRefused() throws IOException {
    Command.Ended ended = ssh.ssh("-tt", "instance", "scp -t " + directory);

    assertThat(ended.errors()).contains(FILE_BY_FILE + "scp: it has a terminal");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  /** Not only by the command through ssh -J. */
  @Test
  void theGatewayCommandIsReadAlike() throws IOException {
    Command.Ended ended =
        ssh.ssh(
            "bastion",
            "ssh -p %d %s@127.0.0.1 'exec scp -t /tmp'"
                .formatted(instance.port(), instance.user()));

    assertThat(ended.errors()).contains(FILE_BY_FILE + "scp: another program (exec) starts it");
  }

  // ---- what a target may read otherwise ----

  /** Stock clients cannot send it: a library does. */
  private Map.Entry<Integer, String> run(ClientChannelMaker maker) throws Exception {
    SshClient library = SshClient.setUpDefaultClient();
    library.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    library.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    library.start();
    try (Tunnel tunnel = Tunnel.open(ssh, "127.0.0.1:" + instance.port());
        ClientSession session =
            library
                .connect(instance.user(), "127.0.0.1", tunnel.port())
                .verify(Duration.ofSeconds(10))
                .getSession()) {
      session.addPublicKeyIdentity(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256));
      session.auth().verify(Duration.ofSeconds(10));
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      try (ClientChannel channel = maker.make(session)) {
        channel.setErr(errors);
        channel.setOut(new ByteArrayOutputStream());
        channel.open().verify(Duration.ofSeconds(10));
        channel.waitFor(List.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(30));
        return Map.entry(channel.getExitStatus(), errors.toString(StandardCharsets.UTF_8));
      }
    } finally {
      library.stop();
    }
  }

  private interface ClientChannelMaker {
    ClientChannel make(ClientSession session) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(strings = {"sftp\0", "\0sftp", "sftp\n", "sf\u0007tp", "sftp ", "s\u00e9ftp", ""})
  void aSubsystemWhoseNameATargetMayReadOtherwiseIsRefused(String name) throws Exception {
    Map.Entry<Integer, String> ended = run(session -> RawSubsystem.on(session, name));

    assertThat(ended.getKey()).isEqualTo(255);
    assertThat(ended.getValue()).contains("sallyport: this is not the name of a subsystem");
    assertThat(bastion.audit().await("request-refused").request()).isEqualTo("subsystem");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  /** The library refuses such names itself. */
  private static final class RawSubsystem extends ChannelSubsystem {
    private final String name;

    private RawSubsystem(String name) {
      super("raw");
      this.name = name;
    }

    static RawSubsystem on(ClientSession session, String name) throws IOException {
      RawSubsystem channel = new RawSubsystem(name);
      session.getService(ConnectionService.class).registerChannel(channel);
      return channel;
    }

    @Override
    protected void doOpen() throws IOException {
      Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
      packet.putUInt(getRecipient());
      packet.putString("subsystem");
      packet.putBoolean(true);
      packet.putString(name);
      writePacket(packet);
      streaming = Streaming.Async;
    }
  }

  @Test
  void aCommandWithANulIsRefused() throws Exception {
    Map.Entry<Integer, String> ended = run(session -> session.createExecChannel("id\0; rm x"));

    assertThat(ended.getKey()).isEqualTo(255);
    assertThat(ended.getValue()).contains("sallyport: this command has a NUL in it");
    assertThat(bastion.audit().await("request-refused").request()).isEqualTo("exec");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  @Test
  void aScriptOfSeveralLinesRunsAndIsInTheRecord() throws Exception {
    String script = "for i in 1 2; do\n\techo \"line $i\"\ndone\necho '\u001b[1m'";

    Command.Ended ended = ssh.ssh("instance", script);

    assertThat(ended.output()).isEqualTo("line 1\nline 2\n\u001b[1m\n");
    assertThat(bastion.audit().await("session-opened").json().at("/unmapped/command").asString(""))
        .isEqualTo(script);
  }

  /** To a client it is a name as any other, and the target knows none like it. */
  @Test
  void aSubsystemIsReadByItsFirstPacketToo() throws Exception {
    Command.Ended ended = sftp("-s", "files");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertLogged(directory.resolve("there"));
  }

  // ---- names that are not UTF-8 ----

  @Test
  void twoNamesOfBytesThatAreNotUtf8AreTwoNamesInTheLog() throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("batch.sh"),
            """
            cd '%1$s' && printf x > "$(printf 'n\\351')" && printf y > "$(printf 'n\\350')"
            printf 'put %%s %%s\\nput %%s %%s\\nrm %%s\\n' "$(printf 'n\\351')" "'%1$s/t$(printf '\\351')'" \
              "$(printf 'n\\350')" "'%1$s/t$(printf '\\350')'" "'%1$s/t$(printf '\\351')'" > b
            sftp -F '%1$s/ssh_config' -q -b b instance || exit 1
            scp -F '%1$s/ssh_config' -O "$(printf 'n\\351')" 'instance:%1$s/scp'
            """
                .formatted(directory));

    Command.Ended ended = Command.run(List.of("sh", script.toString()));

    assertThat(ended.exit()).as(ended.errors()).isZero();
    for (String name : List.of("/t\\xe9", "/t\\xe8", "/scp[/n\\xe9]")) {
      bastion
          .audit()
          .await(
              "file-transferred",
              event -> event.json().at("/file/path").asString("").endsWith(name));
    }
    assertThat(bastion.audit().await("file-changed").json().at("/file/name").asString(""))
        .isEqualTo("t\\xe9");
  }
}
