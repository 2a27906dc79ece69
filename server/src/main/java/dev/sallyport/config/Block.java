package dev.sallyport.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block of the configuration while it is parsed. Every getter names a key. Errors go to the
 * {@link Findings}, and the getter then returns a harmless value, so that parsing continues and all
 * errors are reported at once. {@link #end} reports keys that no getter has named.
 */
final class Block {
  private static final Pattern DURATION = Pattern.compile("[0-9]{1,9} *[a-z]+");
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,16} *[A-Za-z]+");
  private static final int SHOWN = 200;
  private static final String UNKNOWN = "is an unknown key";

  private final ConfigObject object;
  private final String path;
  private final int line;
  private final Findings findings;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> unsupported = new HashSet<>();

  private Block(ConfigObject object, String path, int line, Findings findings) {
    this.object = object;
    this.path = path;
    this.line = line;
    this.findings = findings;
  }

  /** The whole file. */
  static Block root(ConfigObject object, Findings findings) {
    return new Block(object, "", 0, findings);
  }

  /** One string of a list, with its position. */
  private record Element(String text, String key, int line) {}

  /** Whether the key was written. */
  boolean has(String key) {
    return object.containsKey(key);
  }

  /** Whether the key was written as a list with nothing in it. */
  boolean isEmptyList(String key) {
    return object.get(key) instanceof ConfigList list && list.isEmpty();
  }

  /** Marks keys as known that a plugin has read from {@link #settings}. */
  void known(Set<String> keys) {
    for (String key : keys) {
      known.add(key);
      findings.key(at(key));
    }
  }

  /** The keys that were written. */
  Set<String> keys() {
    return object.keySet();
  }

  /** Adds an error about a key, or about a place within it such as {@code to[1]}. */
  void error(String key, String message) {
    String first = key.replaceAll("\\[.*", "");
    findings.error(lineOf(object.get(first)), at(key), message);
  }

  /** Adds a warning about a key, or about a place within it such as {@code to[1]}. */
  void warn(String key, String message) {
    findings.warning(lineOf(object.get(key.replaceAll("\\[.*", ""))), at(key), message);
  }

  /** Adds an error about a key whose value depends on an external source that did not answer. */
  void unanswered(String key, String message) {
    findings.unanswered(lineOf(object.get(key)), at(key), message);
  }

  /** Adds an error about the block. */
  void error(String message) {
    findings.error(line, path, message);
  }

  /** Refuses a key that has a meaning, but not in this version. */
  void refuse(String key) {
    unsupported.add(key);
    if (has(key)) {
      error(key, "is not supported in this version yet");
    }
  }

  /** An optional block; a missing one is the same as an empty one. */
  Block block(String key) {
    ConfigValue value = value(key);
    if (value instanceof ConfigObject block) {
      return new Block(block, at(key), lineOf(block), findings);
    }
    if (value != null) {
      error(key, "must be a block: { ... }");
    }
    return new Block(ConfigFactory.empty().root(), at(key), line, findings);
  }

  /** A list of blocks; empty when it is missing. */
  List<Block> blocks(String key) {
    List<Block> blocks = new ArrayList<>();
    List<ConfigValue> list = list(key);
    for (int i = 0; i < list.size(); i++) {
      String element = key + "[" + i + "]";
      if (list.get(i) instanceof ConfigObject block) {
        blocks.add(new Block(block, at(element), lineOf(block), findings));
      } else {
        findings.error(lineOf(list.get(i)), at(element), "must be a block: { ... }");
      }
    }
    return blocks;
  }

  /** An optional string. */
  Optional<String> string(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value.valueType() == ConfigValueType.STRING) {
      return Optional.of((String) value.unwrapped());
    }
    error(key, "must be a string: put it in quotes");
    return Optional.empty();
  }

  /** A string that is parsed; {@code otherwise} when it is missing. */
  <T> T parsed(String key, Function<String, Parsed<T>> parser, T otherwise) {
    return string(key)
        .flatMap(text -> parse(new Element(text, key, lineOf(object.get(key))), parser))
        .orElse(otherwise);
  }

  /** A list of distinct strings; empty when it is missing. */
  List<String> strings(String key) {
    return elements(key).stream().map(Element::text).toList();
  }

  /** A list of distinct strings that are parsed; empty when it is missing. */
  <T> List<T> parsedList(String key, Function<String, Parsed<T>> parser) {
    return elements(key).stream().flatMap(element -> parse(element, parser).stream()).toList();
  }

  /** As {@link #parsedList}, but a single string is allowed, too. */
  <T> List<T> parsedOneOrMore(String key, Function<String, Parsed<T>> parser) {
    ConfigValue value = object.get(key);
    return value != null && value.valueType() == ConfigValueType.STRING
        ? string(key).flatMap(text -> parse(new Element(text, key, lineOf(value)), parser)).stream()
            .toList()
        : parsedList(key, parser);
  }

  /** As {@link #parsedList}, but must not be empty; {@code otherwise} when it is missing. */
  <T> List<T> parsedList(String key, Function<String, Parsed<T>> parser, List<T> otherwise) {
    List<T> list = parsedList(key, parser);
    if (!has(key)) {
      return otherwise;
    }
    if (isEmptyList(key)) {
      error(key, "must not be empty");
    }
    return list;
  }

  /** True or false. */
  boolean bool(String key, boolean otherwise) {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    // Text too: that is what a substitution from the environment gives.
    return switch (String.valueOf(value.unwrapped())) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        error(key, "must be true or false");
        yield otherwise;
      }
    };
  }

  /** A whole number from {@code min} to {@code max}. */
  int number(String key, int min, int max, int otherwise) {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    String range = "must be a whole number from " + min + " to " + max;
    // Text too: that is what a substitution from the environment gives.
    String text = String.valueOf(value.unwrapped());
    if (!text.matches("-?[0-9]{1,9}")) {
      error(key, range);
      return otherwise;
    }
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      error(key, range + ", and is " + number);
      return otherwise;
    }
    return number;
  }

  /** An amount of memory with a unit (HOCON.md, "Size in bytes format") up to {@code max} bytes. */
  long bytes(String key, long max, long otherwise) {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    if (value.valueType() == ConfigValueType.STRING
        && SIZE.matcher((String) value.unwrapped()).matches()) {
      try {
        long bytes = value.atKey("size").getBytes("size");
        if (bytes <= max) {
          return bytes;
        }
      } catch (ConfigException noSuchUnit) {
        // Says the same as a size out of range: the message names the units by example.
      }
    }
    error(key, "must be a size up to " + max / (1 << 20) + " MiB, with a unit, such as \"1 GiB\"");
    return otherwise;
  }

  /** A time with a unit (HOCON.md, "Duration format") from {@code min} to {@code max}. */
  Duration duration(String key, Duration min, Duration max, Duration otherwise) {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    String range =
        "must be a time from "
            + DurationText.of(min)
            + " to "
            + DurationText.of(max)
            + ", with a unit, such as \"30 s\"";
    if (value.valueType() != ConfigValueType.STRING
        || !DURATION.matcher((String) value.unwrapped()).matches()) {
      error(key, range);
      return otherwise;
    }
    try {
      Duration duration = value.atKey("time").getDuration("time");
      if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
        return duration;
      }
    } catch (ConfigException.BadValue noSuchUnit) {
      // Says the same as a time out of range: the message names the units by example.
    }
    error(key, range);
    return otherwise;
  }

  /** All keys except {@code type}, as plain Java values, for a plugin. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      if (!entry.getKey().equals("type")) {
        if (hasNull(entry.getValue())) {
          error(entry.getKey(), "has no value: null is not allowed here");
        } else {
          settings.put(entry.getKey(), entry.getValue().unwrapped());
        }
      }
    }
    return settings;
  }

  /** Ends the parsing: a key that no getter has named is an error. */
  void end() {
    for (String key : object.keySet()) {
      if (!known.contains(key) && !unsupported.contains(key)) {
        error(key, UNKNOWN + Nearest.hint(key, known));
      }
    }
  }

  /**
   * Reports keys that look like this missing one, whose value would determine which other keys
   * exist.
   */
  void misspelt(String meant) {
    for (String key : object.keySet()) {
      String hint = Nearest.hint(key, Set.of(meant));
      if (!key.equals(meant) && !hint.isEmpty()) {
        error(key, UNKNOWN + hint);
      }
    }
  }

  /** Marks the key as known. A key without a value is an error. */
  private @Nullable ConfigValue value(String key) {
    known.add(key);
    findings.key(at(key));
    ConfigValue value = object.get(key);
    if (value != null && value.valueType() == ConfigValueType.NULL) {
      error(key, "has no value: null is not allowed here");
      return null;
    }
    return value;
  }

  private List<ConfigValue> list(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof ConfigList list) {
      return list;
    }
    error(key, "must be a list: [ ... ]");
    return List.of();
  }

  private List<Element> elements(String key) {
    List<Element> elements = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<ConfigValue> list = list(key);
    for (int i = 0; i < list.size(); i++) {
      ConfigValue value = list.get(i);
      Element element =
          new Element(String.valueOf(value.unwrapped()), key + "[" + i + "]", lineOf(value));
      if (value.valueType() != ConfigValueType.STRING) {
        error(element, "must be a string: put it in quotes");
      } else if (!seen.add(element.text())) {
        error(element, shown(element.text()) + " is there twice");
      } else {
        elements.add(element);
      }
    }
    return elements;
  }

  private <T> Optional<T> parse(Element element, Function<String, Parsed<T>> parser) {
    return switch (parser.apply(element.text())) {
      case Parsed.Valid<T>(T value) -> Optional.of(value);
      case Parsed.Malformed<T>(String reason) -> {
        error(element, shown(element.text()) + " " + reason);
        yield Optional.empty();
      }
    };
  }

  private void error(Element element, String message) {
    findings.error(element.line(), at(element.key()), message);
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /**
   * The line of a value. A value that is merged from several places has none; then the line of the
   * block is used.
   */
  private int lineOf(@Nullable ConfigValue value) {
    return value == null || value.origin().lineNumber() < 1 ? line : value.origin().lineNumber();
  }

  private static boolean hasNull(ConfigValue value) {
    return switch (value) {
      case ConfigObject block -> block.values().stream().anyMatch(Block::hasNull);
      case ConfigList list -> list.stream().anyMatch(Block::hasNull);
      default -> value.valueType() == ConfigValueType.NULL;
    };
  }

  /** A text from the file for a message: escaped and bounded. */
  static String shown(String text) {
    return '"' + SafeText.escape(text, SHOWN) + '"';
  }
}
