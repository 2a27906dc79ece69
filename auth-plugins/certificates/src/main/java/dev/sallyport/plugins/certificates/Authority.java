package dev.sallyport.plugins.certificates;

import java.nio.file.Path;
import java.util.Set;

/**
 * One entry of {@code authorities}.
 *
 * @param file with the public keys of one authority or more
 * @param principals for whom they may speak
 * @param groups of everybody whom they let in
 */
record Authority(Path file, Principals principals, Set<String> groups) {
  Authority {
    groups = Set.copyOf(groups);
  }
}
