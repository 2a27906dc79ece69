package com.example.sallyport;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import java.util.Map;

class OneKeyPluginTest extends AuthPluginContractTest {
  @Override
  protected String type() {
    return "one-key";
  }

  @Override
  protected Map<String, Object> settings() {
    return Map.of("user", "alice", "fingerprint", knownKey().fingerprint());
  }

  @Override
  protected String knownUser() {
    return "alice";
  }

  @Override
  protected OfferedKey knownKey() {
    return strangersKey(1_000_000);
  }
}
