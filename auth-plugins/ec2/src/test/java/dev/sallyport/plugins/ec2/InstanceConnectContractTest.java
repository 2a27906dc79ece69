package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The known key lies as bait wherever a name that leaves its place would lead. */
class InstanceConnectContractTest extends AuthPluginContractTest {
  private final FakeAuthority authority = new FakeAuthority();
  private final FakeMetadata metadata;

  @TempDir Path folder;

  InstanceConnectContractTest() throws IOException {
    String block = authority.block(TestKeys.line(knownKey()));
    metadata = new FakeMetadata().signedBy(authority).active("alice", block);
    for (String bait : moreHostileUserNames()) {
      metadata.active(bait, block);
    }
  }

  @AfterEach
  void stopMetadata() {
    metadata.close();
  }

  @Override
  protected String type() {
    return "ec2";
  }

  @Override
  protected Map<String, Object> settings() throws IOException {
    return Map.of(
        "endpoint",
        metadata.endpoint(),
        "launch-key-users",
        List.of(),
        "instance-connect",
        true,
        "roots",
        authority.writeRoot(folder.resolve("root.pem")).toString());
  }

  @Override
  protected String knownUser() {
    return "alice";
  }

  @Override
  protected OfferedKey knownKey() {
    return TestKeys.ed25519(42);
  }

  @Override
  protected List<String> moreHostileUserNames() {
    return List.of(
        ".",
        "..",
        "../alice",
        "x/../alice",
        "alice/",
        "alice?x",
        "alice#",
        "%61lice",
        " alice",
        "*");
  }
}
