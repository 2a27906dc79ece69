package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The known key lies as bait wherever a name that leaves the folder would lead. */
class AuthorizedKeysContractTest extends AuthPluginContractTest {
  @TempDir Path temporary;

  @Override
  protected String type() {
    return "authorized-keys";
  }

  @Override
  protected Map<String, Object> settings() throws IOException {
    KeysFolder keys = new KeysFolder(temporary.resolve("keys"));
    KeysFolder outside = new KeysFolder(temporary.resolve("outside"));
    KeysFolder below = new KeysFolder(keys.folder().resolve("below"));
    String line = TestKeys.line(knownKey()) + " alice@laptop";
    keys.write("alice", line);
    keys.write(".hidden", line);
    keys.write("alice\u200b", line);
    keys.write("\u202ealice", line);
    keys.write("x".repeat(65), line);
    keys.write("-oProxyCommand=id", line);
    keys.write(" ", line);
    keys.write("*", line);
    keys.write("\\", line);
    outside.write("mallory", line);
    below.write("mallory", line);
    Files.write(temporary.resolve("alice"), (line + "\n").getBytes(StandardCharsets.UTF_8));
    return Map.of("files", List.of(keys.folder() + "/%u"));
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
        "../outside/mallory",
        "below/mallory",
        "below/../alice",
        "../keys/alice",
        temporary.resolve("outside/mallory").toString(),
        "/" + temporary.resolve("outside/mallory"),
        ".hidden",
        "below",
        "x".repeat(65),
        "alice\nalice",
        "alice\n");
  }
}
