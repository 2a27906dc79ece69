package dev.sallyport.plugins.command;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program prints the known key for whatever a shell would take for alice, and fails for all
 * else.
 */
class CommandContractTest extends AuthPluginContractTest {
  @TempDir Path temporary;

  @Override
  protected String type() {
    return "command";
  }

  @Override
  protected Map<String, Object> settings() throws Exception {
    assumeTrue(Files.exists(Path.of(RunAs.SET_RIGHTS)), "util-linux");
    // The program runs as another user when the tests are root's.
    KeysFolder.mode(temporary, "rwxr-xr-x");
    String script =
        new Scripts(temporary.resolve("bin"))
            .write(
                "keys",
                "case \"$1\" in alice) echo '" + TestKeys.line(knownKey()) + " laptop' ;;",
                "stranger*|nobody*) echo no such user $1 >&2; exit 1 ;;",
                "*) echo '" + TestKeys.line(knownKey()) + " bait' ;; esac");
    boolean root = Rights.of(Path.of("/proc/self/status")).user() == Rights.ROOT;
    return root
        ? Map.of("command", List.of(script, "%u"), "user", "nobody", "timeout", "20 s")
        : Map.of("command", List.of(script, "%u"), "timeout", "20 s");
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
    return List.of("--help", "-", "alice;id", "a b", "alice\talice", "'", "x".repeat(65));
  }
}
