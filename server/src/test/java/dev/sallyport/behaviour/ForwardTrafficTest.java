package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the audit log tells of the bytes in a forward that is not inspected, with real SSH in it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwardTrafficTest {
  @TempDir Path directory;
  private TestBastion bastion;
  private OpenSshd recorded;
  private OpenSshd instance;
  private OpenSsh ssh;

  @BeforeEach
  void start() throws IOException {
    recorded = new OpenSshd(directory.resolve("recorded"));
    instance = new OpenSshd(directory.resolve("instance"));
    bastion =
        TestBastion.start(
            directory,
            "recording.reserve = \"0 B\"",
            "credentials { private = { type = key, file = \"%s\" } }"
                .formatted(recorded.identity()),
            """
            rules = [
              { name = recorded, users = [alice], to = ["127.0.0.1:%d"], record = session
                logins = ["%s"], credential = private, inner = [forward] }
              { name = plain, users = [alice], to = ["127.0.0.1:%d"] }
            ]\
            """
                .formatted(recorded.port(), recorded.user(), instance.port()));
    ssh =
        bastion
            .ssh()
            .host(
                "recorded",
                "HostName 127.0.0.1",
                "Port " + recorded.port(),
                "User " + recorded.user(),
                "IdentityFile none",
                "ProxyJump bastion")
            .host(
                "instance",
                "HostName 127.0.0.1",
                "Port " + instance.port(),
                "User " + instance.user(),
                "IdentityFile " + instance.identity());
  }

  @AfterEach
  void stop() {
    bastion.close();
    instance.close();
    recorded.close();
  }

  @Test
  void tellsTheSeriesAndWhoBothSidesOfSshSayTheyAre() {
    assertTold("bastion");
  }

  /** Recorded by the same policy as an outer one. */
  @Test
  void tellsTheSameOfAForwardInsideARecordedConnection() {
    assertTold("recorded");
  }

  private void assertTold(String jump) {
    Command.Ended ended = ssh.ssh("-J", jump, "instance", "head -c 100000 /dev/zero");

    assertThat(ended.exit()).as(ended.errors()).isZero();
    JsonNode told =
        bastion.audit().await("forward-closed", event -> event.rule().equals("plain")).json();
    assertThat(told.path("app_protocol_name").asString("")).isEqualTo("ssh");
    JsonNode seen = told.path("unmapped");
    assertThat(seen.path("client_version").asString("")).startsWith("SSH-2.0-OpenSSH");
    assertThat(seen.path("server_version").asString("")).startsWith("SSH-2.0-OpenSSH");
    assertThat(seen.path("client_hassh").asString("")).matches("[0-9a-f]{32}");
    assertThat(seen.path("server_hassh").asString("")).matches("[0-9a-f]{32}");
    for (String direction : new String[] {"bytes_out", "bytes_in"}) {
      assertThat(
              StreamSupport.stream(seen.path("series").spliterator(), false)
                  .mapToLong(sample -> sample.path(direction).asLong())
                  .sum())
          .isEqualTo(told.path("traffic").path(direction).asLong(-1));
    }
    assertThat(told.at("/traffic/bytes_in").asLong()).isGreaterThan(100_000);
    assertThat(told.at("/traffic/packets_in").asLong()).isPositive();
  }
}
