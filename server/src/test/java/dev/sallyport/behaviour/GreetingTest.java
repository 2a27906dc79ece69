package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the bastion says to those who want something of itself. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GreetingTest {
  private static final String GREETING = "You are alice, in ops. This is a bastion";

  @TempDir static Path directory;
  private static TestBastion bastion;
  private static OpenSsh ssh;
  private static AuditReader audit;

  @BeforeAll
  static void start() throws IOException {
    bastion = TestBastion.start(directory);
    ssh = bastion.ssh();
    audit = bastion.audit();
  }

  @AfterAll
  static void stop() {
    bastion.close();
  }

  private static AuditReader.Event refused(String request, String detail) {
    AuditReader.Event event =
        audit.await(
            "request-refused",
            one -> one.request().equals(request) && one.requestDetail().equals(detail));
    assertThat(event.user()).isEqualTo("alice");
    return event;
  }

  @Test
  void saysWhoTheUserIsAndWhereTheyMayGo() {
    Command.Ended ended = ssh.ssh("bastion");

    assertThat(ended.exit()).isZero();
    assertThat(ended.output())
        .isEqualTo(
            """
            You are alice, in ops. This is a bastion: it runs no commands and connects you to private servers.
            You may go to:
              127.0.0.1:1-65535 (rule to-private)
            For example: ssh -J alice@<this bastion> <login>@<private server>
            """);
  }

  @Test
  void saysThatNoRuleLeadsAnywhere() {
    Command.Ended ended = ssh.ssh("bastion-as-mallory");

    assertThat(ended.exit()).isZero();
    assertThat(ended.output())
        .startsWith("You are mallory. This is a bastion")
        .contains("No rule lets you go anywhere from where you are.");
  }

  @Test
  void givesATerminalThePrompt() {
    Command.Ended ended = ssh.ssh("-tt", "bastion");

    assertThat(ended.exit()).isZero();
    assertThat(ended.output())
        .startsWith(GREETING)
        .contains(
            "The rules let you through with ssh -J alice@<this bastion>, and open no session"
                + " here.\r\nType hosts or help.\r\n");
  }

  @Test
  void refusesACommand() {
    Command.Ended ended = ssh.ssh("bastion", "cat /etc/passwd");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.errors()).contains("sallyport: this bastion runs no commands");
    assertThat(refused("exec", "cat /etc/passwd").detail())
        .startsWith("this bastion runs no commands, so not cat: write ssh ");
  }

  @Test
  void refusesSftpAndSaysWhatToDoInstead() {
    Command.Ended ended = ssh.run("sftp", "bastion");

    assertThat(ended.exit()).isNotZero();
    assertThat(ended.errors()).contains("use sftp or scp with -J to reach a private server");
    assertThat(refused("subsystem", "sftp").detail()).contains("has no files");
  }

  @Test
  void refusesScpInBothOfItsProtocols() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    Command.Ended withSftp = ssh.run("scp", file.toString(), "bastion:/tmp/file");
    Command.Ended withScp = ssh.run("scp", "-O", file.toString(), "bastion:/tmp/file");

    assertThat(withSftp.exit()).isNotZero();
    assertThat(withSftp.errors()).contains("use sftp or scp with -J");
    assertThat(withScp.exit()).isNotZero();
    assertThat(withScp.errors()).contains("this bastion has no files: use scp -J ");
    refused("exec", "scp -t /tmp/file");
  }

  @Test
  void refusesRemoteForwardingAndGoesOn() {
    Command.Ended ended = ssh.ssh("-R", "40022:127.0.0.1:22", "bastion");

    assertThat(ended.errors()).contains("remote port forwarding failed for listen port 40022");
    assertThat(ended.output()).startsWith(GREETING);
    assertThat(ended.exit()).isZero();
    assertThat(refused("tcpip-forward", "").detail()).contains("remote forwarding is not allowed");
  }

  @Test
  void refusesRemoteForwardingOfAUnixSocketAndGoesOn() {
    Command.Ended ended = ssh.ssh("-R", "/tmp/there.sock:127.0.0.1:22", "bastion");

    assertThat(ended.errors()).contains("remote port forwarding failed for listen path");
    assertThat(ended.output()).startsWith(GREETING);
    assertThat(ended.exit()).isZero();
    refused("streamlocal-forward@openssh.com", "");
  }

  @Test
  void refusesX11AndGoesOn() {
    Command.Ended ended = ssh.sshIn(Map.of("DISPLAY", "127.0.0.1:99"), "-Y", "bastion");

    assertThat(ended.errors()).contains("X11 forwarding request failed");
    assertThat(ended.output()).startsWith(GREETING);
    assertThat(ended.exit()).isZero();
    assertThat(refused("x11-req", "").detail()).contains("X11 is not forwarded");
  }

  @Test
  void asksTheAgentForNothingByItself() {
    Path socket = directory.resolve("agent.sock");
    try (Command agent = Command.start(List.of("ssh-agent", "-D", "-a", socket.toString()))) {
      Condition.await("the agent listens", () -> Files.exists(socket));

      Command.Ended ended = ssh.ssh("-A", "-o", "IdentityAgent=" + socket, "bastion");

      assertThat(ended.output()).startsWith(GREETING);
      assertThat(ended.exit()).isZero();
      assertThat(agent.isAlive()).isTrue();
    }
  }

  @Test
  void refusesForwardsToUnixSocketsAndGoesOn() throws IOException {
    try (TcpTarget target = TcpTarget.answersAfterTheEnd();
        Tunnel tunnel = Tunnel.open(ssh, "/var/run/docker.sock", target.address())) {
      try (Socket refused = tunnel.connect(0)) {
        assertThat(refused.getInputStream().read()).isEqualTo(-1);
      }

      tunnel
          .ssh()
          .awaitErrors(
              "administratively prohibited: Unix sockets are not forwarded by this bastion");
      assertThat(refused("direct-streamlocal@openssh.com", "").detail()).contains("Unix sockets");
      try (Socket open = tunnel.connect(1)) {
        open.shutdownOutput();
        assertThat(open.getInputStream().readAllBytes()).asString().isEqualTo("0\n");
      }
    }
  }

  @Test
  void everyRefusalOfAConnectionStandsBetweenItsLoginAndItsEnd() {
    ssh.ssh("bastion", "in between");
    AuditReader.Event refusal = refused("exec", "in between");
    audit.await("connection-closed", event -> event.connection().equals(refusal.connection()));

    List<String> codes = new ArrayList<>();
    audit.ofConnection(refusal.connection()).forEach(event -> codes.add(event.code()));
    assertThat(codes)
        .containsExactly(
            "connection-opened",
            "authentication-succeeded",
            "request-refused",
            "connection-closed");
  }
}
