package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stock clients do in recorded sessions ends as it does with the target's sshd alone. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StockClientsTest {
  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd instance;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n" + instance.recordedRule("inner = [agent]") + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
  }

  private Path config() {
    return directory.resolve("ssh_config");
  }

  /** A connection that others share. */
  private Command master() {
    Path control = directory.resolve("c");
    Command master = ssh.start("-M", "-N", "-S", control.toString(), "instance");
    // Its ProxyJump says what it would say itself.
    Condition.await(
        "the master listens",
        () -> sh(shared() + " -O check instance").exit() == 0 || !master.isAlive());
    return master;
  }

  private String shared() {
    return "ssh -F %s -S %s".formatted(config(), directory.resolve("c"));
  }

  private static Command.Ended sh(String script) {
    return Command.run(List.of("bash", "-c", script));
  }

  // ---- the exit status ----

  /**
   * The end of data let the client leave while the recording was closed, and the status was lost.
   */
  @ParameterizedTest
  @ValueSource(strings = {"exit 3", "echo some; exit 3", "cat; exit 3", "kill -TERM $$"})
  void aClientOfASharedConnectionHearsTheExitStatus(String command) {
    int expected = command.startsWith("kill") ? 255 : 3;
    try (Command master = master()) {
      assertThat(master.isAlive()).isTrue();
      for (int i = 0; i < 8; i++) {
        Command.Ended ended = sh("%s instance '%s' </dev/null".formatted(shared(), command));

        assertThat(ended.exit()).as("%s: %s", command, ended.errors()).isEqualTo(expected);
      }
    }
  }

  @Test
  void gitPushesAndClonesOverASharedConnection() throws IOException {
    Files.writeString(directory.resolve("much"), "line\n".repeat(200_000));
    try (Command master = master()) {
      assertThat(master.isAlive()).isTrue();
      Command.Ended ended =
          sh(
              """
              set -e; cd %s; export GIT_SSH_COMMAND="%s" GIT_CONFIG_GLOBAL=/dev/null
              git init -q --bare there.git
              git init -q here; cp much here/; cd here
              git add much; git -c user.name=a -c user.email=a@b commit -qm one
              git push -q instance:$PWD/../there.git HEAD:refs/heads/main
              git clone -q -b main instance:$PWD/../there.git ../copy
              cmp much ../copy/much
              """
                  .formatted(directory, shared()));

      assertThat(ended.exit()).as(ended.errors()).isZero();
    }
  }

  @Test
  void filesAndTarsPassOverASharedConnection() throws IOException {
    Files.write(directory.resolve("file"), new byte[1_000_000]);
    try (Command master = master()) {
      assertThat(master.isAlive()).isTrue();
      Command.Ended ended =
          sh(
              """
              set -eo pipefail; cd %1$s; mkdir up down
              for protocol in -O -s; do
                scp -F %2$s -o ControlPath=c -q $protocol file instance:%1$s/up/scp$protocol
                cmp file up/scp$protocol
              done
              tar -c file | %3$s instance "tar -x -C %1$s/up"
              cmp file up/file
              %3$s instance "tar -c -C %1$s file" | tar -x -C down
              cmp file down/file
              for i in 1 2 3 4 5; do %3$s -n instance true; done
              """
                  .formatted(directory, config(), shared()));

      assertThat(ended.exit()).as(ended.errors() + ended.output()).isZero();
    }
  }

  /** A program that closes its output and goes on: the client hears of that before the end. */
  @Test
  void theEndOfDataIsNotHeldBackForEver() throws Exception {
    try (Command still =
        ssh.start("instance", "echo out; exec >&- 2>&-; cat >%s/in".formatted(directory))) {
      assertThat(new String(still.output().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("out\n");
      still.input().write("in".getBytes(StandardCharsets.US_ASCII));
      still.input().close();
      assertThat(still.await().exit()).isZero();
    }
    assertThat(directory.resolve("in")).hasContent("in");
  }

  private String gateway(String command) {
    return "ssh -p %d %s@127.0.0.1 %s".formatted(instance.port(), instance.user(), command);
  }

  @Test
  void plinkHearsTheExitStatus() {
    Path key = directory.resolve("alice.ppk");
    assertThat(sh("puttygen %s -o %s".formatted(directory.resolve("alice"), key)).exit()).isZero();
    String fingerprint =
        sh("ssh-keygen -lf %s/state/host-keys/ssh_host_ed25519_key.pub | cut -d' ' -f2"
                .formatted(directory))
            .output()
            .strip();
    for (String command : List.of("exit 3", "echo some; exit 3")) {
      Command.Ended ended =
          Command.run(
              List.of(
                  "plink",
                  "-batch",
                  "-ssh",
                  "-P",
                  Integer.toString(bastion.port()),
                  "-i",
                  key.toString(),
                  "-hostkey",
                  fingerprint,
                  "alice@127.0.0.1",
                  gateway("'" + command + "'")));

      assertThat(ended.exit()).as(ended.errors()).isEqualTo(3);
    }
  }

  @Test
  void dbclientHearsTheExitStatus() {
    Path key = directory.resolve("alice.dropbear");
    assertThat(
            sh("dropbearconvert openssh dropbear %s %s".formatted(directory.resolve("alice"), key))
                .exit())
        .isZero();
    for (String command : List.of("exit 3", "echo some; exit 3")) {
      Command.Ended ended =
          Command.run(
              List.of(
                  "dbclient",
                  "-y",
                  "-y",
                  "-i",
                  key.toString(),
                  "-p",
                  Integer.toString(bastion.port()),
                  "alice@127.0.0.1",
                  gateway("'" + command + "'")));

      assertThat(ended.exit()).as(ended.errors()).isEqualTo(3);
    }
  }

  // ---- output that nobody reads any more ----

  @ParameterizedTest
  @ValueSource(strings = {"yes | head -1", "yes | grep -q y", "cat /dev/zero | head -c 1"})
  void whatNobodyReadsEnds(String pipe) {
    String[] halves = pipe.split(" \\| ");

    Command.Ended through =
        sh(
            "timeout 30 ssh -F %s instance '%s' | %s; exit ${PIPESTATUS[0]}"
                .formatted(config(), halves[0], halves[1]));
    Command.Ended gateway =
        sh(
            "timeout 30 ssh -F %s bastion \"%s\" | %s; exit ${PIPESTATUS[0]}"
                .formatted(config(), gateway(halves[0]), halves[1]));

    // As with sshd: the program there dies of SIGPIPE.
    assertThat(List.of(through.exit(), gateway.exit()))
        .as(through.errors() + gateway.errors())
        .doesNotContain(124);
    assertThat(bastion.audit().await("session-closed").detail()).isEqualTo("the target ended it");
  }

  /** The other way round: a program that takes no more input ends what feeds it. */
  @Test
  void whatNobodyTakesEnds() {
    Command.Ended ended =
        sh(
            "cat /dev/zero | timeout 30 ssh -F %s instance true; exit ${PIPESTATUS[1]}"
                .formatted(config()));

    assertThat(ended.exit()).as(ended.errors()).isZero();
  }

  // ---- channels that are refused ----

  /** As with sshd: what a connection does not take gets another one. */
  @Test
  void sessionsBeyondWhatTheTargetTakesGetAnotherConnection() throws IOException {
    int sessions = 14;
    List<Command> all = new ArrayList<>();
    try (Command master = master()) {
      assertThat(master.isAlive()).isTrue();
      for (int i = 0; i < sessions; i++) {
        all.add(
            Command.start(
                List.of("bash", "-c", shared() + " instance 'echo begun; cat; exit " + i + "'")));
      }
      for (Command one : all) {
        byte[] begun = one.output().readNBytes("begun\n".length());
        assertThat(new String(begun, StandardCharsets.US_ASCII))
            .as(one.errors())
            .isEqualTo("begun\n");
      }
      for (int i = 0; i < sessions; i++) {
        all.get(i).input().close();
        Command.Ended ended = all.get(i).await();
        assertThat(ended.exit()).as(ended.errors()).isEqualTo(i);
      }
      assertThat(all.stream().map(Command::errors).filter(e -> e.contains("refused by peer")))
          .as("refused by a target with MaxSessions 10")
          .hasSizeBetween(1, 4);
      assertThat(master.isAlive()).isTrue();
    } finally {
      all.forEach(Command::close);
    }
    assertThat(bastion.audit().await("session-failed").detail()).contains("opens no session");
  }

  /** ssh says no to a program that asks for an agent that is gone; the session goes on. */
  @Test
  void aClientWithoutItsAgentRefusesThatChannelOnly() throws Exception {
    Path socket = directory.resolve("agent");
    try (Command agent = OpenSsh.startAgent(socket, directory.resolve("alice"));
        Command session =
            Command.start(
                List.of(
                    "bash",
                    "-c",
                    "SSH_AUTH_SOCK=%s exec ssh -F %s -A -o IdentityAgent=%s instance 'read x; ssh-add -l 2>&1; echo after; exit 5'"
                        .formatted(socket, config(), socket)))) {
      bastion.audit().await("session-opened");
      agent.kill();
      session.input().write("\n".getBytes(StandardCharsets.US_ASCII));
      session.input().flush();

      Command.Ended ended = session.await();

      assertThat(ended.output()).as(ended.errors()).contains("after\n");
      assertThat(ended.exit()).isEqualTo(5);
    }
  }
}
