package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import dev.sallyport.config.ConfigurationLoader;
import dev.sallyport.spi.AuthPluginFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With {@code methods = "publickey,keyboard-interactive"} both are needed, in this order. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SecondFactorTest {
  @TempDir Path directory;
  private TestBastion bastion;

  @BeforeEach
  void start() throws IOException {
    List<AuthPluginFactory> plugins = new ArrayList<>(ConfigurationLoader.installedPlugins());
    plugins.add(new CodePlugin());
    bastion =
        TestBastion.start(
            directory,
            plugins,
            "auth.methods = \"publickey,keyboard-interactive\"",
            "auth.plugins += { type = code }");
  }

  @AfterEach
  void stop() {
    bastion.close();
  }

  @Test
  void letsInWhoHasTheKeyAndTheCode() throws IOException {
    Command.Ended ended = login("bastion", CodePlugin.CODE);
    assertThat(ended.exit()).as(ended.errors()).isZero();
    assertThat(ended.output()).startsWith("You are alice");
    assertThat(
            bastion
                .audit()
                .await("authentication-succeeded")
                .json()
                .path("auth_protocol")
                .asString())
        .isEqualTo("publickey,keyboard-interactive");
  }

  @Test
  void aKeyThatIsNarrowedBetweenTheFactorsIsNarrowFromTheFirstChannelOn() throws Exception {
    Path asked = directory.resolve("asked");
    Path go = directory.resolve("go");
    Path answer =
        Files.writeString(
            directory.resolve("late-answer"),
            "#!/bin/sh\ntouch '%s'\nuntil test -e '%s'; do sleep 0.02; done\necho '%s'\n"
                .formatted(asked, go, CodePlugin.CODE));
    Files.setPosixFilePermissions(answer, PosixFilePermissions.fromString("rwx------"));
    try (TcpTarget greeter =
        TcpTarget.that(
            (target, socket) -> target.write(socket, "hello\n".getBytes(StandardCharsets.UTF_8)))) {
      FutureTask<Command.Ended> login =
          new FutureTask<>(() ->
              bastion
                  .ssh()
                  .sshIn(
                      Map.of("SSH_ASKPASS", answer.toString(), "SSH_ASKPASS_REQUIRE", "force"),
                      "-o",
                      "BatchMode=no",
                      "-W",
                      greeter.address(),
                      "bastion"));
      Thread.ofVirtual().start(login);
      Condition.await("the key is proven", () -> Files.exists(asked));

      String keys = Files.readString(directory.resolve("keys/alice"));
      TestBastion.writeKeys(directory, "alice", "no-port-forwarding " + keys);
      bastion.reload(
          "auth.methods = \"publickey,keyboard-interactive\"",
          "auth.plugins += { type = code }",
          "stop-timeout = \"2 s\"");
      Files.createFile(go);

      assertThat(login.get().errors()).contains("the key of alice may not open forwards");
      assertThat(login.get().output()).isEmpty();
    }
  }

  @Test
  void keepsOutWhoHasTheKeyAndNotTheCode() throws IOException {
    Command.Ended ended = login("bastion", "271828");
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(bastion.audit().await("authentication-failed").detail())
        .isEqualTo("the code is wrong");
    assertThat(bastion.audit().events("authentication-succeeded")).isEmpty();
  }

  @Test
  void keepsOutWhoHasNoSecondFactor() throws IOException {
    Command.Ended ended = login("bastion-as-mallory", CodePlugin.CODE);
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(bastion.audit().await("authentication-failed").detail())
        .isEqualTo("the user has no second factor");
    assertThat(ended.errors())
        .contains("your key was accepted, but this bastion demands a second factor");
  }

  @Test
  void asksNobodyForACodeWhoHasNotProvenAKey() throws IOException {
    Command.Ended ended =
        login("bastion", CodePlugin.CODE, "-o", "PreferredAuthentications=keyboard-interactive");
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.errors()).contains("Permission denied (publickey)");
    assertThat(bastion.audit().events("authentication-succeeded")).isEmpty();
  }

  /** OpenSSH asks a program for the code where there is no terminal. */
  private Command.Ended login(String host, String code, String... options) throws IOException {
    Path answer = directory.resolve("answer");
    Files.writeString(answer, "#!/bin/sh\necho " + code + "\n");
    Files.setPosixFilePermissions(answer, PosixFilePermissions.fromString("rwx------"));
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1", host));
    return bastion
        .ssh()
        .sshIn(
            Map.of("SSH_ASKPASS", answer.toString(), "SSH_ASKPASS_REQUIRE", "force"),
            arguments.toArray(String[]::new));
  }
}
