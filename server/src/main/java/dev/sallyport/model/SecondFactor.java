package dev.sallyport.model;

/** What a user has proven besides the possession of a key. */
public sealed interface SecondFactor {
  /** Nothing. */
  record None() implements SecondFactor {}

  /**
   * The user has answered a plugin's questions.
   *
   * @param plugin the plugin's type
   * @param with the kind of proof, such as {@code one-time code}
   */
  record Answered(String plugin, String with) implements SecondFactor {}

  /** The signature of the user's FIDO key attests that a person was present. */
  record SecurityKey(Attested attested) implements SecondFactor {}

  /** What the signature of a FIDO key attests. */
  enum Attested {
    /** A person touched the key. */
    TOUCH,
    /** The key verified the person by PIN or fingerprint. */
    VERIFIED
  }

  /** Whether this satisfies a rule with {@code mfa = true}. */
  default boolean isProven() {
    return switch (this) {
      case None() -> false;
      case Answered answered -> true;
      case SecurityKey key -> true;
    };
  }

  /** As text, which may contain a plugin's text unescaped; empty when nothing is proven. */
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
