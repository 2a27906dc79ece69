package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Condition;
import dev.sallyport.recording.Folders;
import dev.sallyport.recording.Recordings;
import dev.sallyport.recording.Samples;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a record says beside the bytes of a session, with stock clients and a real sshd. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordedFactsTest {
  /** No packet of sftp is so long. */
  private static final byte[] NO_SFTP = {-1, -1, -1, -1, 1, 2, 3, 4};

  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    start("strict", "");
  }

  /**
   * @param input what the rule says of it
   */
  private void start(String guarantee, String input) throws IOException {
    bastion = TestBastion.start(directory, settings(guarantee, input, "0 B"));
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  private String[] settings(String guarantee, String input, String reserve) {
    return new String[] {
      instance.credential(),
      "recording { reserve = \"%s\", guarantee = %s }".formatted(reserve, guarantee),
      "rules = [\n" + instance.recordedRule("inner = [agent]\n" + input) + "]"
    };
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private JsonNode manifest(AuditReader.Event session) throws IOException {
    String id = session.forward();
    bastion.audit().await("recording-finalised", e -> e.json().toString().contains(id));
    return JsonMapper.shared()
        .readTree(Files.readString(recording(session).resolve("manifest.json")));
  }

  private Path recording(AuditReader.Event session) throws IOException {
    Folders folders = new Folders(directory.resolve("state/recordings"));
    List<Path> all = new ArrayList<>();
    for (LocalDate day : folders.days()) {
      all.addAll(folders.recordings(day));
    }
    return all.stream().filter(one -> one.endsWith(session.forward())).findFirst().orElseThrow();
  }

  private Command.Ended feed(byte[] input, String... words) throws IOException {
    try (Command command = ssh.start(words)) {
      try (var in = command.input()) {
        in.write(input);
      }
      return command.await();
    }
  }

  // ---- environment ----

  private static final Map<String, String> SENT =
      Map.of("LC_EVIL", "$(id); x", "BUILD_TOKEN", "s3cret", "PAGER", "less");

  private Command.Ended sendVariables() {
    return ssh.sshIn(
        SENT,
        "-o",
        "SendEnv=LC_EVIL BUILD_TOKEN PAGER",
        "instance",
        "echo \"[$LC_EVIL][$BUILD_TOKEN][$PAGER]\"");
  }

  private void acceptOnly(String names) throws IOException {
    instance.close();
    bastion.close();
    instance = new OpenSshd(directory.resolve("instance-" + names.length()), "AcceptEnv " + names);
  }

  /** A value that may be a secret is kept only where the rule has secrets kept. */
  @Test
  void theTargetDecidesAboutVariablesAndTheRecordHasTheirNamesAndNoSecretOfThem() throws Exception {
    acceptOnly("LC_* BUILD_TOKEN");
    start("strict", "");

    Command.Ended ended = sendVariables();

    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.output()).isEqualTo("[$(id); x][s3cret][]\n");
    AuditReader.Event opened = bastion.audit().await("session-opened");
    List<String> recorded = List.of("LC_EVIL=$(id); x", "BUILD_TOKEN (6 bytes)", "PAGER (4 bytes)");
    assertThat(environment(opened.json().at("/unmapped/environment")))
        .containsExactlyInAnyOrderElementsOf(recorded);
    JsonNode manifest = manifest(opened);
    assertThat(environment(manifest.path("environment")))
        .containsExactlyInAnyOrderElementsOf(recorded);
    assertThat(manifest.at("/unkept/environment").asInt(0)).isEqualTo(10);
    assertThat(manifest.path("complete").asBoolean(true)).isFalse();
    assertThat(bastion.audit().await("session-requested").json().path("unmapped").toString())
        .contains("\"request\":\"env\"", "\"detail\":\"PAGER\"");
    assertThat(bastion.audit().events("session-requested")).hasSize(1);
    assertThat(Files.readString(recording(opened).resolve("manifest.json")))
        .doesNotContain("s3cret");
  }

  @Test
  void aRuleThatHasSecretsKeptHasAllValuesInTheRecord() throws Exception {
    acceptOnly("*");
    start("strict", "input = true, input-without-echo = true");

    assertThat(sendVariables().output()).isEqualTo("[$(id); x][s3cret][less]\n");
    AuditReader.Event opened = bastion.audit().await("session-opened");
    assertThat(environment(manifest(opened).path("environment")))
        .containsExactlyInAnyOrder("LC_EVIL=$(id); x", "BUILD_TOKEN=s3cret", "PAGER=less");
    assertThat(manifest(opened).path("unkept").has("environment")).isFalse();
    assertThat(bastion.audit().events("session-requested")).isEmpty();
  }

  private static List<String> environment(JsonNode array) {
    return array.valueStream().map(one -> one.asString("")).toList();
  }

  /** The target must read the names and values that the record has. */
  @Test
  void variablesThatATargetCouldReadOtherwiseAreRefusedAndTheLogSaysHowMany() throws Exception {
    acceptOnly("*");
    start("strict", "");
    Map<String, String> tooMuch = new TreeMap<>();
    for (int i = 0; i < 6; i++) {
      tooMuch.put("LC_MUCH" + i, "v".repeat(4000));
    }

    Command.Ended ended =
        ssh.sshIn(
            tooMuch,
            "-o",
            "SendEnv=LC_MUCH*",
            "-o",
            "SetEnv=BASH_FUNC_x%%=1 FINE=" + "f".repeat(4096) + " LONG=" + "l".repeat(4097),
            "instance",
            "env | grep -c -e ^LC_MUCH -e ^FINE -e ^LONG -e BASH_FUNC");

    assertThat(ended.output()).as(ended.errors()).isEqualTo("4\n");
    assertThat(bastion.audit().await("request-refused").detail())
        .startsWith("5 variables do not reach the target: ");
  }

  // ---- the terminal ----

  /** Characters of it that no record keeps would run what no record shows. */
  @Test
  void theNameOfATerminalIsNoWayToSendAScriptPastTheRecord() throws IOException {
    Path proof = directory.resolve("proof");

    Command.Ended ended =
        ssh.sshIn(
            Map.of("TERM", "touch " + proof),
            "-tt",
            "instance",
            "eval \"$TERM\" 2>/dev/null; echo \"[$TERM]\"; tty");

    assertThat(proof).doesNotExist();
    assertThat(ended.output()).as(ended.errors()).startsWith("[dumb]\r\n/dev/");
    assertThat(ended.errors())
        .contains(
            "sallyport: TERM names no terminal (up to 64 letters, digits and . _ + -), so the"
                + " target takes it for a dumb one: try TERM=xterm-256color");
    assertThat(bastion.audit().await("request-refused").request()).isEqualTo("pty-req");
    assertThat(bastion.audit().await("session-opened").json().at("/unmapped/environment/0"))
        .hasToString("\"TERM=dumb\"");
  }

  @Test
  void theNameOfATerminalIsInTheRecordAsTheTargetIsToldIt() throws IOException {
    String longest = "a".repeat(64);

    Command.Ended ended = ssh.sshIn(Map.of("TERM", longest), "-tt", "instance", "echo \"[$TERM]\"");

    assertThat(ended.output()).as(ended.errors()).isEqualTo("[" + longest + "]\r\n");
    AuditReader.Event opened = bastion.audit().await("session-opened");
    assertThat(opened.json().at("/unmapped/environment").toString())
        .isEqualTo("[\"TERM=" + longest + "\"]");
    assertThat(manifest(opened).path("environment").toString())
        .isEqualTo("[\"TERM=" + longest + "\"]");
  }

  @Test
  void aClientWithoutANameForItsTerminalHasOne() {
    Command.Ended ended = ssh.sshIn(Map.of("TERM", ""), "-tt", "instance", "tty");

    assertThat(ended.output()).as(ended.errors()).startsWith("/dev/");
  }

  // ---- the command's bytes ----

  @Test
  void aCommandThatIsNotUtf8IsKeptToTheByte() throws IOException {
    // The shell of the test makes the byte, which no Java string can hold.
    Command.Ended ended =
        Command.run(
            List.of(
                "sh",
                "-c",
                "exec ssh -F '%s' instance \"$(printf 'echo \\377')\""
                    .formatted(directory.resolve("ssh_config"))));

    assertThat(ended.exit()).as(ended.errors()).isZero();
    AuditReader.Event opened = bastion.audit().await("session-opened");
    assertThat(opened.json().at("/unmapped/command").asString("")).isEqualTo("echo \ufffd");
    assertThat(opened.json().at("/unmapped/command_hex").asString("")).isEqualTo("6563686f20ff");
    assertThat(manifest(opened).path("command_hex").asString("")).isEqualTo("6563686f20ff");
  }

  @Test
  void aCommandInUtf8IsNotToldTwice() throws IOException {
    ssh.ssh("instance", "echo gr\u00fcn");

    AuditReader.Event opened = bastion.audit().await("session-opened");
    assertThat(opened.json().path("unmapped").has("command_hex")).isFalse();
    assertThat(manifest(opened).has("command_hex")).isFalse();
  }

  @Test
  void theGatewayCommandPassesOnNoOtherBytesThanWereTyped() {
    Command.Ended ended =
        Command.run(
            List.of(
                "sh",
                "-c",
                "exec ssh -F '%s' bastion \"$(printf 'ssh -p %d %s@127.0.0.1 echo \\377')\""
                    .formatted(directory.resolve("ssh_config"), instance.port(), instance.user())));

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.errors()).contains("this command is not UTF-8: use ssh -J");
    assertThat(bastion.audit().events("session-opened")).isEmpty();
  }

  // ---- what a command is fed ----

  @Test
  void whatACommandIsFedIsCountedAndHashedAndNotKept() throws Exception {
    byte[] input = "line\n".repeat(1000).getBytes(StandardCharsets.UTF_8);

    Command.Ended ended = feed(input, "instance", "wc -c");

    assertThat(ended.output().strip()).isEqualTo("5000");
    JsonNode stdin = manifest(bastion.audit().await("session-closed")).path("files").path("stdin");
    assertThat(stdin.path("bytes").asLong(-1)).isZero();
    assertThat(stdin.path("total_bytes").asLong()).isEqualTo(5000);
    assertThat(stdin.path("total_sha256").asString(""))
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(input)));
  }

  /** Whoever has the hash of a password guesses it. */
  @Test
  void whatMayBeAPasswordIsCountedAndNotHashed() throws IOException {
    feed("hunter2\n".getBytes(StandardCharsets.UTF_8), "instance", "cat >/dev/null");

    JsonNode stdin = manifest(bastion.audit().await("session-closed")).path("files").path("stdin");
    assertThat(stdin.path("total_bytes").asLong()).isEqualTo(8);
    assertThat(stdin.path("total_sha256").asString("none")).isEmpty();
  }

  // ---- the agent ----

  @Test
  void aProgramThatUsesTheAgentIsInTheAuditLog() throws Exception {
    Path socket = directory.resolve("agent");
    try (Command agent = OpenSsh.startAgent(socket, directory.resolve("alice"))) {
      assertThat(agent.isAlive()).isTrue();

      Command.Ended ended =
          ssh.sshIn(
              Map.of("SSH_AUTH_SOCK", socket.toString()),
              "-A",
              "-o",
              "IdentityAgent=" + socket,
              "instance",
              "ssh-add -l");

      assertThat(ended.output()).as(ended.errors()).contains("ED25519");
    }
    AuditReader.Event session = bastion.audit().await("session-opened");
    AuditReader.Event opened = bastion.audit().await("agent-opened");
    AuditReader.Event closed = bastion.audit().await("agent-closed");
    assertThat(List.of(opened, closed))
        .allSatisfy(event -> {
          assertThat(event.user()).isEqualTo("alice");
          assertThat(event.rule()).isEqualTo("recorded");
          assertThat(event.target()).isEqualTo("127.0.0.1:" + instance.port());
          assertThat(event.forward()).isEqualTo(session.forward());
          assertThat(event.json().path("class_uid").asInt()).isEqualTo(4007);
        });
    assertThat(closed.json().at("/unmapped/agent_use"))
        .isEqualTo(opened.json().at("/unmapped/agent_use"));
    assertThat(closed.json().path("duration").isNumber()).isTrue();
    // One question of one byte, and its length; the answer holds the key.
    assertThat(closed.bytesToClient()).isEqualTo(5);
    assertThat(closed.bytesFromClient()).isGreaterThan(50);
  }

  // ---- files that are not understood ----

  @Test
  void aStreamThatIsNotUnderstoodEndsTheSessionInWords() throws IOException {
    Command.Ended ended = feed(NO_SFTP, "-s", "instance", "sftp");

    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors())
        .contains(
            "sallyport: this session must be recorded file by file, and what passes is not"
                + " understood as sftp: ",
            "; the session has ended");
    AuditReader.Event closed = bastion.audit().await("session-closed");
    assertThat(closed.detail()).contains("not understood as sftp");
    assertThat(bastion.audit().await("file-changed").json().at("/unmapped/detail").asString(""))
        .isEqualTo("sftp is not understood from here on");
    // What did not pass is in no file.
    assertThat(manifest(closed).path("files")).isEmpty();
  }

  @Test
  void whereRecordingIsBestEffortItGoesOnAndIsTold() throws IOException {
    bastion.close();
    start("best-effort", "input = true");

    Command.Ended ended = feed(NO_SFTP, "-s", "instance", "sftp");

    assertThat(ended.errors()).doesNotContain("not understood");
    assertThat(bastion.audit().await("file-changed").json().at("/unmapped/detail").asString(""))
        .isEqualTo("sftp is not understood from here on");
    AuditReader.Event closed = bastion.audit().await("session-closed");
    assertThat(manifest(closed).at("/files/stdin/total_bytes").asLong()).isEqualTo(NO_SFTP.length);
    // Counted as what any command is fed, and no more.
    assertThat(recording(closed).resolve("stdin")).isEmptyFile();
  }

  @Test
  void whatIsNotUnderstoodIsKeptWhereTheRuleKeepsInput() throws IOException {
    bastion.close();
    start("best-effort", "input = true, input-without-echo = true");

    feed(NO_SFTP, "-s", "instance", "sftp");

    AuditReader.Event closed = bastion.audit().await("session-closed");
    assertThat(manifest(closed).at("/files/stdin/bytes").asLong()).isEqualTo(NO_SFTP.length);
    assertThat(recording(closed).resolve("stdin")).hasBinaryContent(NO_SFTP);
  }

  // ---- files that are on their way ----

  /** Opens a file for writing, writes a piece of it and waits for the answers. */
  private static void beginToPut(Command sftp, Path file, byte[] piece) throws IOException {
    byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
    DataInputStream answers = new DataInputStream(new BufferedInputStream(sftp.output()));
    DataOutputStream requests = new DataOutputStream(sftp.input());
    requests.write(new byte[] {0, 0, 0, 5, 1, 0, 0, 0, 3});
    requests.writeInt(17 + path.length);
    requests.writeByte(3);
    requests.writeInt(1);
    requests.writeInt(path.length);
    requests.write(path);
    requests.writeInt(0x2 | 0x8); // to write, and made when it is not there
    requests.writeInt(0);
    requests.flush();
    answers.skipNBytes(answers.readInt());
    answers.skipNBytes(answers.readInt() - 4);
    int handle = answers.readInt(); // OpenSSH's are four bytes
    requests.writeInt(25 + piece.length);
    requests.writeByte(6);
    requests.writeInt(2);
    requests.writeInt(4);
    requests.writeInt(handle);
    requests.writeLong(0);
    requests.writeInt(piece.length);
    requests.write(piece);
    requests.flush();
    answers.skipNBytes(answers.readInt());
  }

  /** What is on disk is all that a killed bastion leaves. */
  @Test
  void aFileThatAKilledBastionCutIsToldAtTheNextStart() throws Exception {
    Path file = directory.resolve("half");
    try (Command sftp = ssh.start("-s", "instance", "sftp")) {
      beginToPut(sftp, file, new byte[] {1, 2, 3, 4, 5});
      Path recording = recording(bastion.audit().await("session-opened"));
      Path unfinished = recording.resolve("unfinished.json");
      Condition.await(
          "it is on disk",
          () -> {
            try {
              return Files.readString(unfinished).contains("\"bytes\":5");
            } catch (IOException notYet) {
              return false;
            }
          });
      Command.Ended copied =
          Command.run(
              List.of(
                  "cp",
                  "-a",
                  directory.resolve("state").toString(),
                  directory.resolve("killed").toString()));
      assertThat(copied.exit()).as(copied.errors()).isZero();
    }
    Path killed = directory.resolve("killed");

    AuditReader.Event told;
    try (AuditLog audit = AuditLog.open(killed.resolve("audit"), "test");
        Recordings next =
            Recordings.open(killed.resolve("recordings"), Samples.STRICT, audit, "test")) {
      next.begin();
      told = new AuditReader(killed.resolve("audit")).await("file-transferred");
    }
    assertThat(told.user()).isEqualTo("alice");
    assertThat(told.json().at("/file/path").asString("")).isEqualTo(file.toString());
    assertThat(told.bytesFromClient()).isEqualTo(5);
    assertThat(told.detail()).isEqualTo("unfinished: the bastion was killed");
    // The bastion that goes on tells it itself, and leaves nothing to tell.
    AuditReader.Event closed = bastion.audit().await("session-closed");
    assertThat(bastion.audit().await("file-transferred").detail()).isEqualTo("unfinished");
    assertThat(recording(closed).resolve("unfinished.json")).doesNotExist();
  }

  @Test
  void aSessionWhoseFilesCannotBeRecordedAnyMoreEnds() throws Exception {
    try (Command sftp = ssh.start("-s", "instance", "sftp")) {
      beginToPut(sftp, directory.resolve("half"), new byte[] {1});
      bastion.reload(settings("strict", "", "1024 TiB"));
      bastion.audit().await("recording-failed");

      sftp.input().write(removals(1));
      sftp.input().flush();

      assertThat(sftp.await().errors())
          .contains("sallyport: this session must be recorded, and its record cannot be written");
    }
    assertThat(bastion.audit().events("file-changed")).isEmpty();
  }

  // ---- how many files there are ----

  /** REMOVE of files that are not there, a packet each (draft-ietf-secsh-filexfer-02). */
  private static byte[] removals(int count) {
    ByteBuffer all = ByteBuffer.allocate(count * 17);
    for (int i = 0; i < count; i++) {
      all.putInt(13).put((byte) 13).putInt(i).putInt(4);
      all.put("/nil".getBytes(StandardCharsets.UTF_8));
    }
    return all.array();
  }

  @Test
  void whoIsFasterThanTheAuditLogWaitsAndNothingIsLeftUntold() throws Exception {
    List<String> slower = new ArrayList<>(List.of(settings("strict", "", "0 B")));
    slower.add("limits { user-events = 2000, user-events-burst = 2000 }");
    bastion.reload(slower.toArray(String[]::new));
    int rounds = 150;
    int each = 70;
    try (Command sftp = ssh.start("-s", "instance", "sftp")) {
      DataInputStream answers = new DataInputStream(new BufferedInputStream(sftp.output()));
      sftp.input().write(new byte[] {0, 0, 0, 5, 1, 0, 0, 0, 3});
      sftp.input().flush();
      answers.skipNBytes(answers.readInt());
      for (int round = 0; round < rounds; round++) {
        sftp.input().write(removals(each));
        sftp.input().flush();
        for (int i = 0; i < each; i++) {
          answers.skipNBytes(answers.readInt());
        }
      }
      sftp.input().close();
      assertThat(sftp.await().exit()).isZero();
    }

    // The events of files are in the log before it, and need not be when the client has its answer.
    bastion.audit().await("session-closed");
    List<Long> times =
        bastion.audit().events("file-changed").stream()
            .map(event -> event.json().path("time").asLong())
            .toList();
    assertThat(times).hasSize(rounds * each);
    // A burst of 2,000, and the rest at 2,000 a second: the last round begins when those before it
    // are paid for.
    assertThat(times.getLast() - times.getFirst()).isGreaterThan(4_000);
  }

  // ---- the answer to a start ----

  /** Sends data before it says what for, and counts the answers. */
  private static final class EarlyChannel extends ChannelSubsystem {
    private final AtomicInteger answers = new AtomicInteger();

    EarlyChannel() {
      super("sftp");
    }

    @Override
    protected void doOpen() throws IOException {
      Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA);
      packet.putUInt(getRecipient());
      packet.putBytes(NO_SFTP);
      writePacket(packet);
      super.doOpen();
    }

    @Override
    public void handleSuccess() throws IOException {
      answers.incrementAndGet();
      super.handleSuccess();
    }

    @Override
    public void handleFailure() throws IOException {
      answers.incrementAndGet();
      super.handleFailure();
    }
  }

  @Test
  void aStartIsAnsweredOnceThoughWhatCameBeforeItCannotBeRecorded() throws Exception {
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
      EarlyChannel channel = new EarlyChannel();
      session
          .getService(org.apache.sshd.common.session.ConnectionService.class)
          .registerChannel(channel);
      channel.open().verify(Duration.ofSeconds(10));
      assertThat(bastion.audit().await("session-closed").detail())
          .contains("not understood as sftp");
      Condition.await("the channel is closed", channel::isClosed);
      assertThat(channel.answers).hasValue(1);
      assertThat(channel.getExitStatus()).isEqualTo(255);
    } finally {
      library.stop();
    }
  }
}
