package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sallyport login explain --source} asks the server that runs. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExplainedPenaltyTest {
  @TempDir Path directory;

  private Command.Ended explain() throws Exception {
    try (Command explain =
        ReloadTest.sallyport(
            "login",
            "explain",
            "--user",
            "alice",
            "--source",
            "127.0.0.1",
            "--config",
            directory.resolve("sallyport.conf").toString())) {
      return explain.await();
    }
  }

  @Test
  void aPenaltyOfTheSourceIsWhyALoginFails() throws Exception {
    String[] settings = {"penalties { exempt = [], noauth = \"1 h\", max = \"1 h\" }"};
    try (TestBastion bastion = TestBastion.start(directory, settings)) {
      Command.Ended before = explain();
      assertThat(before.output())
          .as(before.errors())
          .contains("\nthe server has no penalty or limit against it now\n", "\nallowed: alice ");
      assertThat(before.exit()).isZero();
      try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), bastion.port())) {
        assertThat(silent.isConnected()).isTrue();
      }
      assertThat(bastion.audit().await("penalty-began").json()).isNotNull();
      Command.Ended after = explain();
      assertThat(after.output())
          .contains(
              "\nthe server turns it away now: 127.0.0.1 is penalised for ",
              "because it connected without trying to log in (penalties)\n",
              "\ndenied: alice is turned away before a key is tried\n");
      assertThat(after.exit()).isEqualTo(1);
    }
    Command.Ended stopped = explain();
    assertThat(stopped.output())
        .contains("\npenalties and limits are not known: no server answers");
    assertThat(stopped.exit()).isZero();
  }
}
