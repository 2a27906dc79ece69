package dev.sallyport.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A file or folder that a configuration names, in whatever block: each text that is an absolute
 * path.
 *
 * @param key the whole path of its key, such as {@code sallyport.auth.plugins[0].files[0]}
 * @param file as it was written; of a plugin it may have {@code %u} in it
 */
public record NamedFile(String key, Path file) {
  /** All of them, in the order of {@code config print}. */
  public static List<NamedFile> of(Configuration configuration) {
    List<NamedFile> files = new ArrayList<>();
    add("sallyport", ServerBlock.print(configuration), files);
    return files;
  }

  private static void add(String key, Object value, List<NamedFile> files) {
    switch (value) {
      case Map<?, ?> block -> block.forEach((name, one) -> add(key + "." + name, one, files));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          add(key + "[" + i + "]", list.get(i), files);
        }
      }
      case String text when text.startsWith("/") -> {
        try {
          files.add(new NamedFile(key, Path.of(text)));
        } catch (InvalidPathException none) {
          // Then no file is meant.
        }
      }
      default -> {}
    }
  }
}
