package dev.sallyport.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code auth.banner} as the user of a stock client sees it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BannerTest {
  private static final String TEXT = "Authorised use only.";

  @TempDir Path directory;

  private static long shown(Command.Ended ended) {
    return ended.errors().lines().filter(line -> line.contains(TEXT)).count();
  }

  @Test
  void everyClientIsShownTheBannerOnceBeforeItLogsIn() throws IOException {
    Path file = Files.writeString(directory.resolve("banner"), TEXT + "\n");
    try (TestBastion bastion =
        TestBastion.start(directory, "auth.banner = \"%s\"".formatted(file))) {
      Command.Ended in = bastion.ssh().ssh("bastion");
      Command.Ended out =
          bastion
              .ssh()
              .ssh("-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=0", "bastion");

      assertThat(in.exit()).as(in.errors()).isZero();
      assertThat(shown(in)).as(in.errors()).isOne();
      assertThat(out.exit()).isEqualTo(255);
      assertThat(shown(out)).as(out.errors()).isOne();
    }
  }

  @Test
  void aReloadReadsTheFileAgain() throws IOException {
    Path file = Files.writeString(directory.resolve("banner"), "Old.\n");
    String setting = "auth.banner = \"%s\"".formatted(file);
    try (TestBastion bastion = TestBastion.start(directory, setting)) {
      Files.writeString(file, TEXT + "\n");

      bastion.reload(setting);

      assertThat(shown(bastion.ssh().ssh("bastion"))).isOne();
    }
  }
}
