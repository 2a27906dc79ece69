package dev.sallyport.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.connection.HostKeySource.Existing;
import dev.sallyport.connection.HostKeySource.Generated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.apache.sshd.common.session.SessionContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostKeysTest {
  @TempDir Path directory;

  @Test
  void makesKeysOnceAndKeepsThem() throws Exception {
    List<HostKeySource> sources =
        List.of(new Generated(HostKeySource.Type.ED25519), new Generated(HostKeySource.Type.ECDSA));
    HostKeys first = HostKeys.load(sources, directory.resolve("host-keys"));
    HostKeys second = HostKeys.load(sources, directory.resolve("host-keys"));
    assertThat(second.all()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(second.all().get(i).getPublic().getEncoded())
          .isEqualTo(first.all().get(i).getPublic().getEncoded());
    }
  }

  @Test
  void makesRsaKeysOf3072Bits() throws Exception {
    HostKeys keys = HostKeys.load(List.of(new Generated(HostKeySource.Type.RSA)), directory);
    RSAPublicKey key = (RSAPublicKey) keys.all().getFirst().getPublic();
    assertThat(key.getModulus().bitLength()).isEqualTo(3072);
  }

  @Test
  void makesFilesThatOnlyTheOwnerCanRead() throws Exception {
    Path made = directory.resolve("host-keys");
    HostKeys.load(List.of(new Generated(HostKeySource.Type.ED25519)), made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(made.resolve("ssh_host_ed25519_key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesAKeyThatOthersCanReadAndSaysWhatToDo() throws Exception {
    HostKeys.load(List.of(new Generated(HostKeySource.Type.ED25519)), directory);
    Path file = directory.resolve("ssh_host_ed25519_key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(
            () -> HostKeys.load(List.of(new Generated(HostKeySource.Type.ED25519)), directory))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "host key %s is open to others (rw-r--r--): run chmod 600 %s".formatted(file, file));
  }

  @Test
  void refusesAFileThatIsNoKey() throws Exception {
    Path file = directory.resolve("key");
    Files.writeString(file, "hello\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> HostKeys.load(List.of(new Existing(file)), directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("host key " + file);
  }

  @Test
  void refusesAFileThatIsMissing() {
    Path file = directory.resolve("missing");
    assertThatThrownBy(() -> HostKeys.load(List.of(new Existing(file)), directory))
        .isInstanceOf(IOException.class)
        .hasMessage("host key " + file + " does not exist");
  }

  @Test
  void signsWithTheFirstKeyOfATypeAndAnnouncesAll() throws Exception {
    Path old = directory.resolve("old");
    HostKeys.load(List.of(new Generated(HostKeySource.Type.ED25519)), old);
    HostKeys keys =
        HostKeys.load(
            List.of(
                new Generated(HostKeySource.Type.ED25519),
                new Existing(old.resolve("ssh_host_ed25519_key"))),
            directory.resolve("host-keys"));
    SessionContext none = null;
    assertThat(keys.provider().loadKey(none, "ssh-ed25519")).isSameAs(keys.all().getFirst());
    assertThat(new HostKeyRotation(keys).blobs()).hasSize(2);
  }
}
