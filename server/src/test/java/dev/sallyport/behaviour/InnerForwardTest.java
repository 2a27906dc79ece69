package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where forwards inside a recorded connection lead, with a real sshd as the target. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InnerForwardTest {
  @TempDir static Path directory;
  private static OpenSshd instance;
  private static TestBastion bastion;
  private static OpenSsh ssh;

  @BeforeAll
  static void start() throws IOException {
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            "credentials { private = { type = key, file = \"%s\" } }"
                .formatted(instance.identity()),
            "recording.reserve = \"0 B\"",
            """
            rules = [
              { name = recorded, users = [alice], to = ["127.0.0.1:%d"], record = session
                logins = ["%s"], credential = private, inner = [forward] }
              { name = plain, users = [alice], to = ["127.0.0.1:1-65535"] }
            ]\
            """
                .formatted(instance.port(), instance.user()));
    ssh =
        bastion
            .ssh()
            .host(
                "instance",
                "HostName 127.0.0.1",
                "Port " + instance.port(),
                "User " + instance.user(),
                "IdentityFile none",
                "ProxyJump bastion");
  }

  @AfterAll
  static void stop() {
    bastion.close();
    instance.close();
  }

  @ParameterizedTest
  @CsvSource({"localhost, 127.0.0.1", "127.0.0.1, 127.0.0.1", "127.0.0.2, 127.0.0.2", "[::1], ::1"})
  void eachAddressOfTheTargetsLoopbackIsItself(String asked, String address) throws IOException {
    try (ServerSocket listener = listener(address)) {
      Thread.ofVirtual().start(() -> answer(listener, address));

      Command.Ended ended = ssh.ssh("-W", asked + ":" + listener.getLocalPort(), "instance");

      assertThat(ended.output()).as(ended.errors()).isEqualTo(address);
    }
  }

  /** On this address only. */
  private static ServerSocket listener(String address) throws IOException {
    try {
      return new ServerSocket(0, 1, InetAddress.ofLiteral(address));
    } catch (SocketException none) {
      return abort("this machine has no " + address);
    }
  }

  private static void answer(ServerSocket listener, String word) {
    try (Socket client = listener.accept()) {
      client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // Nobody came.
    }
  }
}
