package dev.sallyport.plugins.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who this process is and what its children may do (proc(5), capabilities(7)).
 *
 * @param user the effective user's number
 * @param inherited the capabilities that a program has that this process starts
 */
record Rights(int user, long inherited) {
  /** The number of root. */
  static final int ROOT = 0;

  // From linux/capability.h.
  private static final long KILL = 1L << 5;
  private static final long SETGID = 1L << 6;
  private static final long SETUID = 1L << 7;
  private static final long NEEDED = KILL | SETGID | SETUID;

  /** Reads them, from {@code /proc/self/status}; nobody's when that does not show them. */
  static Rights of(Path status) {
    try {
      String text = Files.readString(status);
      int user = Integer.parseUnsignedInt(field(text, "Uid:\\s+\\d+\\s+(\\d+)"));
      // Root's programs get all that is in the bounding set, everybody else's the ambient set.
      String set = field(text, (user == ROOT ? "CapBnd" : "CapAmb") + ":\\s+([0-9a-f]+)");
      return new Rights(user, Long.parseUnsignedLong(set, 16));
    } catch (IOException | NumberFormatException unknown) {
      return new Rights(-1, 0);
    }
  }

  private static String field(String text, String regex) {
    Matcher matcher = Pattern.compile("^" + regex, Pattern.MULTILINE).matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** Whether a child may become another user, and can be ended then. */
  boolean mayChangeUser() {
    return (inherited & NEEDED) == NEEDED;
  }

  /** This process's user's number, if it shows. */
  OptionalInt number() {
    return user < 0 ? OptionalInt.empty() : OptionalInt.of(user);
  }
}
