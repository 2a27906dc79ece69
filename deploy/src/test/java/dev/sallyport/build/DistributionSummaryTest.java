package dev.sallyport.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever copies the distribution is told what it needs. */
class DistributionSummaryTest {
  @TempDir Path folder;

  @Test
  void theNewestVersionOfGlibcCountsAndNoOtherLibrary() {
    assertThat(
            GlibcVersion.among(
                List.of("GLIBC_2.9", "GLIBC_2.17", "GLIBC_2.2.5", "GCC_3.0", "GLIBC_PRIVATE")))
        .map(GlibcVersion::toString)
        .containsExactly("2.2.5", "2.9", "2.17");
  }

  @Test
  void packedRelocationsNeedTheVersionThatCanLoadThem() {
    assertThat(GlibcVersion.among(List.of("GLIBC_2.4", "GLIBC_ABI_DT_RELR")))
        .last()
        .isEqualTo(new GlibcVersion(2, 36, 0));
  }

  @Test
  void saysSizeArchitectureAndGlibc() {
    assertThat(
            new DistributionSummary(
                98_400_000, Set.of("x86_64"), Optional.of(new GlibcVersion(2, 17, 0))))
        .hasToString("98 MB, for x86_64, needs glibc 2.17 or newer");
    assertThat(new DistributionSummary(1_500_000, Set.of("aarch64", "x86_64"), Optional.empty()))
        .hasToString("2 MB, for aarch64 and x86_64, needs no glibc");
  }

  @Test
  void looksAtAllFilesBelowTheFolder() throws IOException {
    Path library = Path.of(System.getProperty("java.home"), "lib/libjava.so");
    Files.createDirectories(folder.resolve("runtime/lib"));
    Files.copy(library, folder.resolve("runtime/lib/libjava.so"));
    Files.write(folder.resolve("notes"), new byte[1000]);
    DistributionSummary summary = DistributionSummary.of(folder);
    assertThat(summary.bytes()).isEqualTo(Files.size(library) + 1000);
    assertThat(summary.architectures()).hasSize(1);
    assertThat(summary.glibc()).isPresent();
  }
}
