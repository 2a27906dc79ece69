package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.connection.Banner;
import dev.sallyport.model.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BannerTextTest {
  @TempDir Path folder;

  private Parsed<Banner> read(byte[] content) throws IOException {
    return BannerText.read(Files.write(folder.resolve("banner"), content).toString());
  }

  private static void assertRefused(Parsed<Banner> parsed, String reason) {
    assertThat(parsed)
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, malformed -> assertThat(malformed.reason()).contains(reason));
  }

  @Test
  void linesEndAsTheProtocolWantsIt() throws IOException {
    Path file = folder.resolve("banner");

    assertThat(read("Nur f\u00fcr Befugte.\r\n\tSecond\n\nlast".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            new Parsed.Valid<>(
                new Banner(Optional.of(file), "Nur f\u00fcr Befugte.\r\n\tSecond\r\n\r\nlast")));
  }

  @Test
  void withoutAFileThereIsNone() {
    assertThat(BannerText.read("none")).isEqualTo(new Parsed.Valid<>(Banner.NONE));
    assertThat(BannerText.print(Banner.NONE)).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "banner,             must be an absolute path",
    "/dev/null,          is not a regular file",
    "/,                  is not a regular file",
    "/no/such/banner,    does not exist",
  })
  void aPathThatIsNoFileIsRefusedInWords(String path, String reason) {
    assertRefused(BannerText.read(path), reason);
  }

  @Test
  void contentThatClientsCannotShowIsRefusedWithItsLine() throws IOException {
    assertRefused(read("one\ntwo\u001b[2J".getBytes(StandardCharsets.UTF_8)), "in line 2");
    assertRefused(read(new byte[] {'a', (byte) 0xe4}), "is not UTF-8");
    assertRefused(read(new byte[BannerText.LONGEST + 1]), "is longer than 16384 bytes");
  }
}
