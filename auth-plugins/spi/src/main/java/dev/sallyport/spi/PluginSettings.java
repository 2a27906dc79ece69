package dev.sallyport.spi;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The plugin's block of the configuration. Every getter names a key, checks its kind and notes that
 * the key is known; faults are collected, so that the operator sees all of them at once. For one
 * thread.
 */
public final class PluginSettings {
  /** HOCON's "Duration format", in the units that make sense here. */
  private static final Pattern DURATION = Pattern.compile(" *([0-9]{1,9}) *(ms|s|m|h) *");

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

  /**
   * A whole number that may be left out.
   *
   * @param min the least that is allowed
   * @param max the most that is allowed
   */
  public int number(String key, int min, int max, int otherwise) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    faults.add(new Fault(key, "must be a whole number from " + min + " to " + max));
    return otherwise;
  }

  /** True or false; may be left out. */
  public boolean bool(String key, boolean otherwise) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    // Text too: that is what a substitution from the environment gives.
    return switch (value.toString()) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        faults.add(new Fault(key, "must be true or false"));
        yield otherwise;
      }
    };
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
              .map(name -> new Fault(name, "is an unknown key" + hint(name)));
      return Stream.concat(settings.faults().stream(), unknown)
          .map(fault -> new Fault(key, place + "\"" + fault.key() + "\" " + fault.message()));
    }

    /** In the words that the server has for its own keys. */
    private String hint(String name) {
      return NearestWord.of(name, settings.known)
          .map(near -> " (did you mean " + near + "?)")
          .orElse("");
    }
  }

  /** Adds a fault that the plugin found in a value. */
  public void fault(String key, String message) {
    faults.add(new Fault(key, message));
  }

  /**
   * A time such as {@code "30 s"} that may be left out.
   *
   * @param least the shortest that is allowed
   * @param most the longest that is allowed
   */
  public Duration duration(String key, Duration least, Duration most, Duration otherwise) {
    known.add(key);
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof String text) {
      Matcher matcher = DURATION.matcher(text);
      if (matcher.matches()) {
        Duration read = Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
        if (read.compareTo(least) >= 0 && read.compareTo(most) <= 0) {
          return read;
        }
      }
    }
    faults.add(new Fault(key, "must be a time from " + shown(least) + " to " + shown(most)));
    return otherwise;
  }

  private static ChronoUnit unit(String name) {
    return switch (name) {
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      default -> ChronoUnit.HOURS;
    };
  }

  private static String shown(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return "\"" + time.toMillis() + " ms\"";
    }
    long seconds = time.toSeconds();
    if (seconds == 0 || seconds % 60 != 0) {
      return "\"" + seconds + " s\"";
    }
    return seconds % 3600 == 0 ? "\"" + seconds / 3600 + " h\"" : "\"" + seconds / 60 + " m\"";
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
