package dev.sallyport.config;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds keys that are given twice in a text that the library has read. HOCON lets the later one
 * win, and the library forgets the first: a rule whose {@code to} is written twice would open what
 * nobody sees. What HOCON means to be put together stays so: blocks of one name are merged ({@code
 * a { } a { }}, {@code a.b = 1, a.c = 2}), {@code +=} adds, and a value with a substitution, such
 * as {@code ${?PORT}}, is written to take the place of one before (HOCON.md, "Duplicate keys and
 * object merging").
 */
final class RepeatedKeys {
  /** What the library takes for blanks, which is more than the JDK does. */
  private static final String BLANK = "\\p{Z}\\s\\x1C-\\x1F\uFEFF";

  private static final Pattern BLANKS = Pattern.compile("[" + BLANK + "]+");

  /** Quoted texts, substitutions, comments, signs, blanks, and runs of anything else. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\"{3}(?s:.*?)\"{3,}|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|[$][{](?:\"[^\"]*\"|[^}\"])*+[}]"
              + "|(?:#|//)[^\n]*|[+]=|[\\[\\]{}=:,\n]|["
              + BLANK
              + "&&[^\n]]+|[^\"$#/+\\[\\]{}=:,"
              + BLANK
              + "]+|.");

  private final List<String> tokens = new ArrayList<>();
  private final Findings findings;
  private int at;
  private int line = 1;

  /** The first time that a key is given, and what is within all blocks of it. */
  private record Given(int line, Kind kind, Map<String, Given> inside) {}

  private enum Kind {
    BLOCK,
    /** With a substitution, or added to what was there. */
    DERIVED,
    PLAIN
  }

  private RepeatedKeys(String text, Findings findings) {
    this.findings = findings;
    for (Matcher token = TOKEN.matcher(text); token.find(); ) {
      if (!token.group().startsWith("#") && !token.group().startsWith("//")) {
        tokens.add(token.group());
      }
    }
    tokens.add("");
  }

  /** Adds an error for each. */
  static void find(String text, Findings findings) {
    RepeatedKeys keys = new RepeatedKeys(text, findings);
    keys.skipGaps();
    keys.skip("{");
    keys.block(new HashMap<>(), "");
  }

  private void block(Map<String, Given> given, String path) {
    for (skipGaps(); !isAt("") && !skip("}"); skipGaps()) {
      entry(given, path);
    }
  }

  private void entry(Map<String, Given> in, String path) {
    int here = line;
    StringBuilder written = new StringBuilder();
    do {
      written.append(next());
    } while (!isAt("", "\n", "=", ":", "+=", "{"));
    skipGaps();
    boolean adds = isAt("+=");
    if (isAt("+=", "=", ":")) {
      next();
    }
    skipGaps();
    List<String> names = ConfigUtil.splitPath(written.toString().strip());
    Map<String, Given> inner = in;
    String key = path;
    for (String name : names.subList(0, names.size() - 1)) {
      key = child(key, name);
      inner = give(inner, name, new Given(here, Kind.BLOCK, new HashMap<>()), key);
    }
    key = child(key, names.getLast());
    Given earlier = inner.get(names.getLast());
    Map<String, Given> inside = earlier == null ? new HashMap<>() : earlier.inside();
    Kind kind = isAt("{") ? Kind.BLOCK : Kind.PLAIN;
    boolean derived = value(inside, key) || adds;
    give(inner, names.getLast(), new Given(here, derived ? Kind.DERIVED : kind, inside), key);
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** What is within it, this time and before. */
  private Map<String, Given> give(Map<String, Given> in, String name, Given now, String key) {
    Given first = in.putIfAbsent(name, now);
    if (first == null) {
      return now.inside();
    }
    boolean merges = now.kind() == Kind.BLOCK && first.kind() != Kind.PLAIN;
    if (now.kind() != Kind.DERIVED && !merges) {
      findings.error(
          now.line(), key, "is given twice, first on line " + first.line() + ": take one out");
    }
    return first.inside();
  }

  /** Whether it has a substitution. */
  private boolean value(Map<String, Given> inside, String path) {
    boolean derived = false;
    while (!isAt("", "\n", ",", "}", "]")) {
      if (skip("{")) {
        block(inside, path);
      } else if (skip("[")) {
        list(path);
      } else {
        derived |= next().startsWith("${");
      }
    }
    return derived;
  }

  /** Blocks with nothing between them but blanks are one element: the library merges them. */
  private void list(String path) {
    int index = 0;
    for (skipGaps(); !isAt("", "}") && !skip("]"); skipGaps()) {
      value(new HashMap<>(), path + "[" + index++ + "]");
    }
  }

  private void skipGaps() {
    while (isAt("\n", ",") || BLANKS.matcher(tokens.get(at)).matches()) {
      next();
    }
  }

  private boolean isAt(String... some) {
    return List.of(some).contains(tokens.get(at));
  }

  private boolean skip(String token) {
    return isAt(token) && !next().isEmpty();
  }

  private String next() {
    String token = tokens.get(at++);
    line += (int) token.chars().filter(c -> c == '\n').count();
    return token;
  }
}
