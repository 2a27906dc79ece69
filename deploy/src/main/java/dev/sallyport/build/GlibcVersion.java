package dev.sallyport.build;

import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of the GNU C library, in the order of releases.
 *
 * @param patch 0 in all names since 2.2
 */
record GlibcVersion(int major, int minor, int patch) implements Comparable<GlibcVersion> {
  private static final Pattern SYMBOL_VERSION =
      Pattern.compile("GLIBC_([0-9]{1,4})\\.([0-9]{1,4})(?:\\.([0-9]{1,4}))?");

  /**
   * The linker demands it of programs with packed relocations, which glibc 2.36 was first to load.
   */
  private static final String PACKED_RELOCATIONS = "GLIBC_ABI_DT_RELR";

  private static final Comparator<GlibcVersion> BY_RELEASE =
      Comparator.comparingInt(GlibcVersion::major)
          .thenComparingInt(GlibcVersion::minor)
          .thenComparingInt(GlibcVersion::patch);

  /** Those that symbol versions name, such as {@code GLIBC_2.17}; others' names are left out. */
  static Set<GlibcVersion> among(Collection<String> symbolVersions) {
    Set<GlibcVersion> versions = new TreeSet<>();
    for (String name : symbolVersions) {
      Matcher matcher = SYMBOL_VERSION.matcher(name);
      if (matcher.matches()) {
        int patch = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        versions.add(
            new GlibcVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), patch));
      } else if (name.equals(PACKED_RELOCATIONS)) {
        versions.add(new GlibcVersion(2, 36, 0));
      }
    }
    return versions;
  }

  @Override
  public int compareTo(GlibcVersion other) {
    return BY_RELEASE.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + (patch == 0 ? "" : "." + patch);
  }
}
