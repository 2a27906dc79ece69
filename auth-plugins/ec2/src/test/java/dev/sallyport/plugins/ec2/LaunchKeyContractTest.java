package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class LaunchKeyContractTest extends AuthPluginContractTest {
  private final FakeMetadata metadata;

  LaunchKeyContractTest() throws IOException {
    metadata = new FakeMetadata().launchedWith(TestKeys.line(knownKey()) + " my-key");
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
  protected Map<String, Object> settings() {
    return Map.of("endpoint", metadata.endpoint(), "launch-key-users", List.of("ec2-user"));
  }

  @Override
  protected String knownUser() {
    return "ec2-user";
  }

  @Override
  protected OfferedKey knownKey() {
    return TestKeys.ed25519(42);
  }
}
