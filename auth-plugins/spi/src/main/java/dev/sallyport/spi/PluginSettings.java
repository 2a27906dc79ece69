package dev.sallyport.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The plugin's block of the configuration. Every getter names a key, checks its kind and notes that
 * the key is known; faults are collected, so that the operator sees all of them at once. For one
 * thread.
 */
public final class PluginSettings {
  private final Map<String, @Nullable Object> values;
  private final Set<String> known = new HashSet<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<Inner> inner = new ArrayList<>();

  /**
   * One thing that is wrong with the block.
   *
   * @param key where
   * @param message what is wrong and what to write instead
   */
  public record Fault(String key, String message) {}

  /**
   * @param values the block without {@code type}: strings, numbers, Booleans, lists and maps of
   *     these; a null counts as left out, as everywhere in HOCON
   */
  public PluginSettings(Map<String, ? extends @Nullable Object> values) {
    this.values = Collections.unmodifiableMap(new HashMap<>(values));
  }

  /** A list of strings that must be there and must not be empty; an empty list after a fault. */
  public List<String> requiredStrings(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      faults.add(new Fault(key, "is missing"));
      return List.of();
    }
    if (value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    faults.add(new Fault(key, "must be a list of strings with at least one"));
    return List.of();
  }

  /** A string that must be there and must not be empty; an empty string after a fault. */
  public String requiredString(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      faults.add(new Fault(key, "is missing"));
      return "";
    }
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    faults.add(new Fault(key, "must be a string that is not empty"));
    return "";
  }

  /** A string that may be left out. */
  public Optional<String> string(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    faults.add(new Fault(key, "must be a string"));
    return Optional.empty();
  }

  /** A list of strings that may be left out and may be empty. */
  public Optional<List<String>> strings(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return Optional.of(list.stream().map(String.class::cast).toList());
    }
    faults.add(new Fault(key, "must be a list of strings"));
    return Optional.empty();
  }

  /**
   * Blocks within this one, as in {@code [ { file = … } ]}, of which there must be at least one.
   * Their faults, and the keys that were not asked for in them, are faults of this block.
   */
  public List<PluginSettings> requiredBlocks(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      faults.add(new Fault(key, "is missing"));
      return List.of();
    }
    if (value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(PluginSettings::isBlock)) {
      List<PluginSettings> blocks = new ArrayList<>();
      for (Object block : list) {
        blocks.add(inner(key, "number " + (blocks.size() + 1) + ": ", block));
      }
      return blocks;
    }
    faults.add(new Fault(key, "must be a list of blocks ({ … }) with at least one"));
    return List.of();
  }

  /** A block within this one that may be left out; its faults are faults of this block. */
  public Optional<PluginSettings> block(String key) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (isBlock(value)) {
      return Optional.of(inner(key, "", value));
    }
    faults.add(new Fault(key, "must be a block ({ … })"));
    return Optional.empty();
  }

  private static boolean isBlock(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        && map.keySet().stream().allMatch(String.class::isInstance);
  }

  private PluginSettings inner(String key, String place, @Nullable Object block) {
    Map<String, @Nullable Object> entries = new HashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(block))
        .forEach((name, value) -> entries.put((String) name, value));
    PluginSettings settings = new PluginSettings(entries);
    inner.add(new Inner(key, place, settings));
    return settings;
  }

  /**
   * A block within this one.
   *
   * @param place which of several, for messages
   */
  private record Inner(String key, String place, PluginSettings settings) {
    Stream<Fault> faults() {
      Stream<Fault> unknown =
          settings.present().stream()
              .filter(name -> !settings.known.contains(name))
              .sorted()
              .map(name -> new Fault(name, "is not a key that there is"));
      return Stream.concat(settings.faults().stream(), unknown)
          .map(fault -> new Fault(key, place + "\"" + fault.key() + "\" " + fault.message()));
    }
  }

  /** Adds a fault that the plugin found in a value. */
  public void fault(String key, String message) {
    faults.add(new Fault(key, message));
  }

  /** What was found wrong so far. */
  public List<Fault> faults() {
    return Stream.concat(faults.stream(), inner.stream().flatMap(Inner::faults)).toList();
  }

  /** The keys that were asked for: all that the plugin knows, once it has read its settings. */
  public Set<String> known() {
    return Set.copyOf(known);
  }

  /** The keys the operator wrote. */
  public Set<String> present() {
    return values.keySet();
  }

  /** Ends the reading: throws when anything was wrong. */
  public void check() throws InvalidSettingsException {
    List<Fault> all = faults();
    if (!all.isEmpty()) {
      throw new InvalidSettingsException(all);
    }
  }
}
