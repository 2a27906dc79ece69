package dev.sallyport.support.keys;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A user name that may become the name of a file: one component, of characters that no file system,
 * terminal or log gives a meaning to. {@code @} and {@code +} are in because directories name
 * people {@code alice@example.com} and {@code alice+ops}, and no path gives them a meaning. A name
 * cannot begin with a dot or a dash, so it is never {@code .}, {@code ..} or a hidden file.
 */
public record UserName(String text) {
  /** Longest user name; keeps every path that is made of it below the system's limits. */
  public static final int LONGEST = 64;

  /** What a user name looks like, without a capturing group. */
  public static final String REGEX = "[A-Za-z0-9_][A-Za-z0-9_.@+-]{0," + (LONGEST - 1) + "}";

  private static final Pattern SAFE = Pattern.compile(REGEX);

  public UserName {
    if (!isSafe(text)) {
      throw new IllegalArgumentException("not a user name that may become a file's");
    }
  }

  /** The name when it is safe; of anything else this plugin knows nothing. */
  public static Optional<UserName> of(String text) {
    return isSafe(text) ? Optional.of(new UserName(text)) : Optional.empty();
  }

  private static boolean isSafe(String text) {
    return text.length() <= LONGEST && SAFE.matcher(text).matches();
  }
}
