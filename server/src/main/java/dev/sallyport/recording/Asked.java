package dev.sallyport.recording;

import java.util.List;
import java.util.Optional;

/**
 * What a client asked a session to be.
 *
 * @param command for people: the command, in which bytes that are no UTF-8 are replaced, or the
 *     subsystem's name; empty for a shell
 * @param hex the command's bytes, lower-case hexadecimal, when they are not UTF-8; {@code command}
 *     says them otherwise
 * @param environment the variables that the target is told, {@code NAME=value}, or the name alone
 *     with how long the value is, in the client's order (RFC 4254, section 6.4)
 * @param unkept bytes of values that are not in {@code environment}
 */
public record Asked(String command, Optional<String> hex, List<String> environment, long unkept) {
  /** Longest text of a variable that is kept whole, in characters. */
  static final int LONGEST_VARIABLE = 12 * 1024;

  public Asked {
    environment = List.copyOf(environment);
  }

  /** A command in UTF-8, without variables. */
  public static Asked of(String command) {
    return new Asked(command, Optional.empty(), List.of(), 0);
  }
}
