package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Condition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target whose sshd has no place for another connection without a login (MaxStartups). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SheddingTargetTest {
  private static final String SHEDS = "before it sent an SSH identification";

  private static final int BURST = 6;
  private static final String ONE_PLACE = "MaxStartups 1:100:1";

  @TempDir Path directory;

  private OpenSshd instance(String setting) throws IOException {
    return new OpenSshd(directory.resolve("instance"), setting, "LoginGraceTime 0");
  }

  private TestBastion bastion(OpenSshd instance, String connectTimeout) throws IOException {
    return TestBastion.start(
        directory,
        instance.credential(),
        "recording.reserve = \"0 B\"",
        "limits.connect-timeout = \"%s\"".formatted(connectTimeout),
        "rules = [\n" + instance.recordedRule("") + "]");
  }

  /** Takes the one place, which sshd gives a connection before it says anything in it. */
  private static Socket takePlace(OpenSshd instance) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), instance.port());
    assertThat(socket.getInputStream().read()).isEqualTo('S');
    return socket;
  }

  private static String[] login(String way, OpenSshd instance) {
    return way.equals("-J")
        ? new String[] {"instance", "echo in"}
        : new String[] {
          "bastion", "ssh -p %d %s@127.0.0.1 echo in".formatted(instance.port(), instance.user())
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"-J", "gateway"})
  void isTriedAgainUntilItHasAPlace(String way) throws Exception {
    try (OpenSshd instance = instance(ONE_PLACE);
        TestBastion bastion = bastion(instance, "5 m")) {
      OpenSsh ssh = bastion.ssh().host("instance", instance.behindBastion());
      Socket place = takePlace(instance);
      try (Command login = ssh.start(login(way, instance))) {
        Condition.await("a connection is shed", () -> instance.log().contains("MaxStartups"));

        place.close();

        Command.Ended ended = login.await();
        assertThat(ended.output()).as(ended.errors() + instance.log()).isEqualTo("in\n");
        assertThat(ended.errors()).doesNotContain(SHEDS);
      }
      assertThat(bastion.audit().events("session-failed")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-J", "gateway"})
  void isGivenUpInWordsWithinTheConnectTimeout(String way) throws Exception {
    try (OpenSshd instance = instance(ONE_PLACE);
        TestBastion bastion = bastion(instance, "1 s");
        Socket place = takePlace(instance)) {
      assertThat(place.isConnected()).isTrue();
      OpenSsh ssh = bastion.ssh().host("instance", instance.behindBastion());
      Command.Ended ended = ssh.ssh(login(way, instance));
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.errors()).contains(SHEDS, "its sshd is at MaxStartups");
      assertThat(bastion.audit().await("session-failed").detail()).contains(SHEDS);
    }
  }

  /** Users who log in at once are more than the target has places for. */
  @ParameterizedTest
  @ValueSource(strings = {"-J", "gateway"})
  void aBurstOfLoginsPasses(String way) throws Exception {
    try (OpenSshd instance = instance("MaxStartups 2:100:2");
        TestBastion bastion = bastion(instance, "5 m")) {
      OpenSsh ssh = bastion.ssh().host("instance", instance.behindBastion());
      List<Command> logins = new ArrayList<>();
      for (int i = 0; i < BURST; i++) {
        logins.add(ssh.start(login(way, instance)));
      }
      for (Command login : logins) {
        Command.Ended ended = login.await();
        assertThat(ended.output()).as(ended.errors()).isEqualTo("in\n");
      }
    }
  }
}
