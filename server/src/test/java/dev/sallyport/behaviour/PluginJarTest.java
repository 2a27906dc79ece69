package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.TestJars;
import dev.sallyport.operations.ReloadAnswer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's example, built into a jar and brought to a server that has never heard of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PluginJarTest {
  @TempDir Path directory;

  @Test
  void aReloadBringsAPluginAndTakesItAway() throws Exception {
    Path jar = TestJars.example(directory.resolve("one-key.jar"));
    Path key = OpenSsh.makeKey(directory.resolve("safe"), "-t", "ed25519");
    String fingerprint =
        Command.run(List.of("ssh-keygen", "-l", "-f", key + ".pub")).output().split(" ")[1];
    try (TcpTarget greeter =
            TcpTarget.that((target, socket) -> target.write(socket, new byte[] {'!'}));
        TestBastion bastion = TestBastion.start(directory)) {
      OpenSsh ssh =
          bastion
              .ssh()
              .host(
                  "with-safe",
                  "HostName 127.0.0.1",
                  "Port " + bastion.port(),
                  "User alice",
                  "IdentityFile " + key);
      assertThat(ssh.ssh("-W", greeter.address(), "with-safe").errors())
          .contains("Permission denied");
      assertThat(
              bastion.reload(
                  "auth.plugin-jars = [\"%s\"]".formatted(jar),
                  """
                  auth.plugins = [
                    { type = one-key, user = alice, fingerprint = "%s" }
                    { type = authorized-keys, files = ["%s/keys/%%u"] }
                  ]\
                  """
                      .formatted(fingerprint, directory)))
          .isInstanceOf(ReloadAnswer.Reloaded.class);
      assertThat(ssh.ssh("-W", greeter.address(), "with-safe").output()).isEqualTo("!");
      assertThat(ssh.ssh("-W", greeter.address(), "bastion").output()).isEqualTo("!");

      assertThat(bastion.reload()).isInstanceOf(ReloadAnswer.Reloaded.class);
      assertThat(ssh.ssh("-W", greeter.address(), "with-safe").errors())
          .contains("Permission denied");
      assertThat(ssh.ssh("-W", greeter.address(), "bastion").output()).isEqualTo("!");
    }
  }
}
