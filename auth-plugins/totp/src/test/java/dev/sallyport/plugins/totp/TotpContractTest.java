package dev.sallyport.plugins.totp;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.InteractiveFactorContractTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class TotpContractTest extends InteractiveFactorContractTest {
  @TempDir private Path directory;
  private Telephone telephone = new Telephone("", List.of());

  @Override
  protected String type() {
    return "totp";
  }

  @Override
  protected Map<String, Object> settings() throws Exception {
    Map<String, Object> settings =
        Map.of("directory", directory.resolve("totp").toString(), "drift", 2);
    if (!Files.exists(directory.resolve("totp"))) {
      // Two periods ago, so that the code of now is a new one however slow the test is.
      Instant before = Instant.now().minus(Duration.ofSeconds(2 * Totp.PERIOD));
      try (AuthPlugin plugin = Telephone.open(settings, InstantSource.fixed(before))) {
        telephone = Telephone.enroll(plugin, enrolledUser(), before);
      }
    }
    return settings;
  }

  @Override
  protected String enrolledUser() {
    return "alice";
  }

  @Override
  protected List<String> rightAnswers() throws Exception {
    return List.of(telephone.code(Instant.now()));
  }
}
