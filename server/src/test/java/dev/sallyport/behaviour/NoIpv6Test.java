package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine without IPv6, or one that hides it from the server: the library then has none. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NoIpv6Test {
  private static final String WITHOUT = "-Djava.net.preferIPv4Stack=true";

  @TempDir Path directory;

  @Test
  void anAddressToListenOnThatThereIsNotIsToldInWords() throws IOException {
    Path configuration = TestBastion.prepare(directory, "listen = [\"[::1]:0\"]");

    Command.Ended ended = TestBastion.serve(configuration, WITHOUT).await();

    assertThat(ended.exit()).isEqualTo(78);
    assertThat(ended.errors())
        .contains("sallyport: cannot listen on [::1]:0: this machine has no IPv6, or hides it")
        .doesNotContain("Exception");
  }

  @Test
  void aTargetThatCannotBeDialledIsToldAtOnce() throws IOException {
    Path configuration =
        TestBastion.prepare(
            directory,
            "private-networks = [\"::1\"]",
            "unsafe-networks = [\"::1\"]",
            "rules = [ { name = six, users = [alice], to = [\"[::1]:1-65535\"] } ]");
    Files.createDirectories(TestBastion.auditDirectory(directory));
    AuditReader audit = new AuditReader(TestBastion.auditDirectory(directory));
    try (Command server = TestBastion.serve(configuration, WITHOUT)) {
      OpenSsh ssh = TestBastion.clients(directory, TestBastion.awaitPort(audit));

      Command.Ended refused = ssh.ssh("-W", "[::1]:22", "bastion");

      assertThat(refused.errors()).contains("[::1]:22: the bastion has no IPv6");
      server.signal("TERM");
      assertThat(server.await().errors()).doesNotContain("Exception");
    }
  }
}
