package dev.sallyport.model;

/** What a user proved besides the possession of a key, if anything. */
public sealed interface SecondFactor {
  /** Nothing. */
  record None() implements SecondFactor {}

  /**
   * They answered a plugin's questions.
   *
   * @param plugin its type
   * @param with what was proven with, such as {@code one-time code}
   */
  record Answered(String plugin, String with) implements SecondFactor {}

  /** The signature of their FIDO key attests that somebody was there. */
  record SecurityKey(Attested attested) implements SecondFactor {}

  /** What a FIDO key attests of its bearer. */
  enum Attested {
    /** Somebody touched it. */
    TOUCH,
    /** It verified by PIN or fingerprint who touched it. */
    VERIFIED
  }

  /** Whether a rule with {@code mfa = true} is content. */
  default boolean isProven() {
    return switch (this) {
      case None() -> false;
      case Answered answered -> true;
      case SecurityKey key -> true;
    };
  }

  /** For people; may hold a plugin's text as it came; empty when nothing is proven. */
  default String text() {
    return switch (this) {
      case None() -> "";
      case Answered(String plugin, String with) -> plugin + ": " + with;
      case SecurityKey(Attested attested) ->
          switch (attested) {
            case TOUCH -> "security key, touched";
            case VERIFIED -> "security key, touched by a verified person";
          };
    };
  }
}
