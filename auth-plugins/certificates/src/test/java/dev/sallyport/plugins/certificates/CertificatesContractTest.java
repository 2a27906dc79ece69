package dev.sallyport.plugins.certificates;

import dev.sallyport.spi.AuthPluginContractTest;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.Forged;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * The known certificate has hostile names among its principals, as an authority might sign them.
 */
class CertificatesContractTest extends AuthPluginContractTest {
  private static final OfferedKey KNOWN = known();

  @TempDir Path temporary;

  private static OfferedKey known() {
    try {
      return Forged.withPrincipals("alice", "", " ", "..", "../alice", "*", "alice\0", "alice\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected String type() {
    return "certificates";
  }

  @Override
  protected Map<String, Object> settings() throws IOException {
    KeysFolder folder = new KeysFolder(temporary.resolve("etc"));
    Path authorities = folder.write("user_ca.pub", TestKeys.line(Forged.authority()) + " ca");
    Path revoked = folder.write("revoked.krl", "# nobody yet");
    return Map.of(
        "authorities",
        List.of(
            Map.of(
                "file",
                authorities.toString(),
                "principals",
                List.of("*"),
                "groups",
                List.of("ops"))),
        "users",
        Map.of("alice", List.of("alice")),
        "revoked",
        List.of(revoked.toString()),
        "ca-algorithms",
        List.of("ssh-ed25519"));
  }

  @Override
  protected String knownUser() {
    return "alice";
  }

  @Override
  protected OfferedKey knownKey() {
    return KNOWN;
  }
}
