package dev.sallyport.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What somebody who copies the distribution to another machine must know of it.
 *
 * @param bytes the size of all files
 * @param architectures of all programs and libraries
 * @param glibc the newest version of glibc that one of them needs; empty when none needs glibc
 */
record DistributionSummary(long bytes, Set<String> architectures, Optional<GlibcVersion> glibc) {
  private static final double MEGABYTE = 1e6;

  DistributionSummary {
    architectures = Set.copyOf(architectures);
  }

  /** Takes the folder of the distribution. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(arguments[0] + ": " + of(Path.of(arguments[0])));
  }

  static DistributionSummary of(Path distribution) throws IOException {
    long bytes = 0;
    Set<String> architectures = new TreeSet<>();
    TreeSet<GlibcVersion> versions = new TreeSet<>();
    for (Path file : Folders.files(distribution)) {
      bytes += Files.size(file);
      Optional<ElfFile> elf = ElfFile.read(file);
      if (elf.isPresent()) {
        architectures.add(elf.get().architecture());
        versions.addAll(GlibcVersion.among(elf.get().versions()));
      }
    }
    return new DistributionSummary(
        bytes, architectures, versions.isEmpty() ? Optional.empty() : Optional.of(versions.last()));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.0f MB, for %s, needs %s",
        bytes / MEGABYTE,
        String.join(" and ", new TreeSet<>(architectures)),
        glibc.map(version -> "glibc " + version + " or newer").orElse("no glibc"));
  }
}
