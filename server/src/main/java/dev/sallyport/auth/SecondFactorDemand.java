package dev.sallyport.auth;

/** What a login needs besides a proven key. */
public sealed interface SecondFactorDemand {
  /** Nothing. */
  record Nothing() implements SecondFactorDemand {}

  /** The user must answer the plugin's questions. */
  record Questions(String plugin) implements SecondFactorDemand {}

  /** The user must answer the plugin's questions, but is not enrolled: the login fails. */
  record NotEnrolled(String plugin) implements SecondFactorDemand {}

  /**
   * The plugin cannot determine whether the user is enrolled: the login fails.
   *
   * @param reason for the operator; escaped
   */
  record Unknown(String plugin, String reason) implements SecondFactorDemand {}
}
