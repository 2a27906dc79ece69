package dev.sallyport.config;

import dev.sallyport.model.Parsed;
import dev.sallyport.policy.Rule;

/** Names of users and groups. */
final class Names {
  /** Longest name of a user or a group in characters. */
  private static final int MAX = 255;

  private Names() {}

  /** A user in a rule, or everyone. */
  static Parsed<String> user(String text) {
    return text.equals(Rule.EVERYONE) ? new Parsed.Valid<>(text) : member(text);
  }

  /** A user in a group, or a group; never everyone. */
  static Parsed<String> member(String text) {
    if (text.equals(Rule.EVERYONE)) {
      return new Parsed.Malformed<>(
          "is not a name: write users = [\"*\"] in the rule for everyone");
    }
    if (text.isBlank() || text.length() > MAX || text.chars().anyMatch(Character::isISOControl)) {
      return new Parsed.Malformed<>(
          "is not a name: names have 1 to " + MAX + " characters, and no control characters");
    }
    return new Parsed.Valid<>(text);
  }
}
