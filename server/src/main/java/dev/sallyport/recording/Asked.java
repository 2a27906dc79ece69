package dev.sallyport.recording;

import java.util.List;
import java.util.Optional;

/**
 * The session that a client asked for.
 *
 * @param command as text: the command, in which bytes that are not UTF-8 are replaced, or the
 *     subsystem's name; empty for a shell
 * @param hex the command's bytes in lower-case hexadecimal, only when they are not UTF-8
 * @param environment the variables that are sent to the target, {@code NAME=value}, or only the
 *     name with the length of the value, in the client's order (RFC 4254, section 6.4)
 * @param unkept bytes of values that are not in {@code environment}
 */
public record Asked(String command, Optional<String> hex, List<String> environment, long unkept) {
  /** Longest text of a variable that is not cut, in characters. */
  static final int LONGEST_VARIABLE = 12 * 1024;

  public Asked {
    environment = List.copyOf(environment);
  }

  /** A command in UTF-8, without variables. */
  public static Asked of(String command) {
    return new Asked(command, Optional.empty(), List.of(), 0);
  }
}
