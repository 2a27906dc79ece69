package dev.sallyport.config;

import dev.sallyport.model.SafeText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Lists the keys whose values differ between two configurations, and never the values. */
public final class ConfigurationChanges {
  /** Keys that a running server cannot change: its addresses, and the folder of its log. */
  private static final Set<String> AT_START = Set.of("listen", "state-dir");

  private static final int SHOWN = 200;

  private final List<String> changed = new ArrayList<>();

  private ConfigurationChanges() {}

  /**
   * The keys that differ and take effect at once, such as {@code rules.web-ssh.to}. Elements of
   * lists are identified by their names, or else by their numbers. Escaped, in the order of the
   * file's blocks.
   */
  public static List<String> between(Configuration before, Configuration after) {
    return all(before, after).stream().filter(key -> !AT_START.contains(key)).toList();
  }

  /** The keys that differ from those at the start, and take effect at the next start. */
  public static List<String> needRestart(Configuration start, Configuration now) {
    return all(start, now).stream().filter(AT_START::contains).toList();
  }

  private static List<String> all(Configuration before, Configuration after) {
    ConfigurationChanges changes = new ConfigurationChanges();
    changes.compare("", ServerBlock.print(before), ServerBlock.print(after));
    return List.copyOf(changes.changed);
  }

  private void compare(String path, Object before, Object after) {
    if (before.equals(after)) {
      return;
    }
    Optional<Map<String, Object>> one = children(before);
    Optional<Map<String, Object>> other = children(after);
    if (one.isEmpty() || other.isEmpty()) {
      add(path);
      return;
    }
    if (before instanceof List<?> && inAnotherOrder(one.get().keySet(), other.get().keySet())) {
      add(path + " (order)");
    }
    Set<String> keys = new LinkedHashSet<>(one.get().keySet());
    keys.addAll(other.get().keySet());
    for (String key : keys) {
      String child = key.startsWith("[") || path.isEmpty() ? path + key : path + "." + key;
      if (one.get().containsKey(key) && other.get().containsKey(key)) {
        compare(
            child,
            Objects.requireNonNull(one.get().get(key)),
            Objects.requireNonNull(other.get().get(key)));
      } else {
        add(child);
      }
    }
  }

  private void add(String path) {
    changed.add(SafeText.escape(path, SHOWN));
  }

  private static boolean inAnotherOrder(Set<String> one, Set<String> other) {
    List<String> kept = one.stream().filter(other::contains).toList();
    return !kept.equals(other.stream().filter(one::contains).toList());
  }

  /** The children of a block or of a list of blocks, by name; empty for a plain value. */
  private static Optional<Map<String, Object>> children(Object value) {
    Map<String, Object> children = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> block) {
      block.forEach(
          (key, child) -> children.put(String.valueOf(key), Objects.requireNonNull(child)));
      return Optional.of(children);
    }
    if (value instanceof List<?> list && list.stream().allMatch(Map.class::isInstance)) {
      for (int i = 0; i < list.size(); i++) {
        Object name = ((Map<?, ?>) Objects.requireNonNull(list.get(i))).get("name");
        children.put(
            name == null ? "[" + i + "]" : String.valueOf(name),
            Objects.requireNonNull(list.get(i)));
      }
      return Optional.of(children);
    }
    return Optional.empty();
  }
}
