package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
            instance.credential(),
            "recording.reserve = \"0 B\"",
            "rules = [\n"
                + instance.recordedRule("inner = [forward]")
                + "{ name = plain, users = [alice], to = [\"127.0.0.1:1-65535\"] }"
                + "]");
    ssh = bastion.ssh().host("instance", instance.behindBastion());
  }

  @AfterAll
  static void stop() {
    bastion.close();
    instance.close();
  }

  @ParameterizedTest
  @MethodSource("loopback")
  void eachAddressOfTheTargetsLoopbackIsItself(String asked, String address) throws IOException {
    try (ServerSocket listener = listener(address)) {
      Thread.ofVirtual().start(() -> answer(listener, address));

      Command.Ended ended = ssh.ssh("-W", asked + ":" + listener.getLocalPort(), "instance");

      assertThat(ended.output()).as(ended.errors()).isEqualTo(address);
    }
  }

  /** A machine may have no IPv6; 127.0.0.0/8 every one has. */
  private static Stream<Arguments> loopback() {
    Stream<Arguments> four =
        Stream.of(
            arguments("localhost", "127.0.0.1"),
            arguments("127.0.0.1", "127.0.0.1"),
            arguments("127.0.0.2", "127.0.0.2"));
    try (ServerSocket _ = listener("::1")) {
      return Stream.concat(four, Stream.of(arguments("[::1]", "::1")));
    } catch (IOException none) {
      return four;
    }
  }

  /** On this address only. */
  private static ServerSocket listener(String address) throws IOException {
    return new ServerSocket(0, 1, InetAddress.ofLiteral(address));
  }

  private static void answer(ServerSocket listener, String word) {
    try (Socket client = listener.accept()) {
      client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // Nobody came.
    }
  }
}
