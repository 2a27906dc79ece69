package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The distribution carries its licence, and the licences of all that it is made of. */
class NoticeIT {
  private static final Path ROOT = Distribution.HOME.resolve("../../..").normalize();

  @Test
  void theCommittedNoticeIsThatOfTheDistribution() throws IOException {
    assertThat(ROOT.resolve("NOTICE"))
        .as("after a change of libraries run `make notice`")
        .hasSameTextualContentAs(Distribution.HOME.resolve("NOTICE"));
  }

  @Test
  void theDistributionHasTheLicence() throws IOException {
    assertThat(Distribution.HOME.resolve("LICENSE"))
        .hasSameTextualContentAs(ROOT.resolve("LICENSE"));
  }

  /** The Apache licence, section 4(d), and the licence of JLine by its POM's URL. */
  @Test
  void theNoticesOfTheLibrariesAreInIt() throws IOException {
    assertThat(Files.readString(Distribution.HOME.resolve("NOTICE")))
        .contains("Apache MINA SSHD", "FastDoubleParser", "org.jline:jline-reader")
        .contains("BSD-3-Clause", "Bouncy Castle Licence", "Classpath Exception");
  }
}
