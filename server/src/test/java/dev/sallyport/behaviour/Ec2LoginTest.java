package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.plugins.ec2.FakeAuthority;
import dev.sallyport.plugins.ec2.FakeMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stock OpenSSH through the real server, with what a metadata service gives. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Ec2LoginTest {
  private static final String MACS = "meta-data/network/interfaces/macs/";

  @TempDir Path directory;
  private FakeAuthority authority;
  private FakeMetadata metadata;
  private TestBastion bastion;
  private TcpTarget target;

  @BeforeEach
  void start() throws IOException {
    authority = new FakeAuthority();
    metadata =
        new FakeMetadata()
            .signedBy(authority)
            .put(MACS, "0e:49:61:0f:c3:11/")
            .put(MACS + "0e:49:61:0f:c3:11/vpc-ipv4-cidr-blocks", "10.7.0.0/16")
            .put(MACS + "0e:49:61:0f:c3:11/public-ipv4s", "10.7.0.5");
    bastion =
        TestBastion.start(
            directory,
            "private-networks = [\"vpc\", \"127.0.0.0/8\"]",
            "auth.plugins = [ { type = ec2, endpoint = \"%s\", roots = \"%s\" } ]"
                .formatted(metadata.endpoint(), authority.writeRoot(directory.resolve("root.pem"))),
            "groups.ops = [alice, ec2-user]",
            "rules = [ { name = all, groups = [ops], to = [\"127.0.0.1:1-65535\","
                + " \"10.7.0.0/16:22\"] } ]");
    target =
        TcpTarget.that(
            (self, socket) -> self.write(socket, "private\n".getBytes(StandardCharsets.US_ASCII)));
  }

  @AfterEach
  void stop() throws IOException {
    target.close();
    bastion.close();
    metadata.close();
  }

  private Path key(String name) {
    return OpenSsh.makeKey(directory.resolve(name), "-t", "ed25519");
  }

  private static String line(Path key) throws IOException {
    return Files.readString(Path.of(key + ".pub")).strip();
  }

  private Command.Ended ssh(Path key, String user, String to) {
    return bastion
        .ssh()
        .ssh(
            "-i",
            key.toString(),
            "-p",
            Integer.toString(bastion.port()),
            "-W",
            to,
            user + "@127.0.0.1");
  }

  @Test
  void aKeyThatInstanceConnectSentLetsItsUserInForAMinute() throws Exception {
    Path key = key("pushed");
    assertThat(ssh(key, "alice", target.address()).errors()).contains("Permission denied");

    metadata.active("alice", authority.block(line(key)));
    assertThat(ssh(key, "alice", target.address()).output()).isEqualTo("private\n");
    assertThat(ssh(key, "mallory", target.address()).errors()).contains("Permission denied");
    assertThat(bastion.audit().events().toString())
        .contains("EC2 Instance Connect: arn:aws:iam::123456789012:user/alice");

    metadata.inactive("alice");
    Command.Ended later;
    do { // An answer that has the key counts for a moment.
      later = ssh(key, "alice", target.address());
    } while (later.exit() == 0);
    assertThat(later.errors()).contains("Permission denied");
  }

  @Test
  void theLaunchKeyLetsEc2UserIn() throws Exception {
    Path key = key("launch");
    metadata.launchedWith(line(key));
    assertThat(ssh(key, "ec2-user", target.address()).output()).isEqualTo("private\n");
    assertThat(ssh(key, "alice", target.address()).errors()).contains("Permission denied");
  }

  @Test
  void thePublicAddressOfTheBastionIsNeverReached() throws Exception {
    Path key = key("launch");
    metadata.launchedWith(line(key));
    assertThat(ssh(key, "ec2-user", "10.7.0.5:22").errors()).contains("the bastion");
  }
}
