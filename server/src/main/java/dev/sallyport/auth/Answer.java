package dev.sallyport.auth;

/** What all plugins together say of an offered key. */
public sealed interface Answer {
  /**
   * It may log in as this identity once possession is proven.
   *
   * @param claim whose word that is
   */
  record Welcome(Identity identity, Claim claim) implements Answer {}

  /**
   * It may not.
   *
   * @param plugin the type of the plugin that refused; empty when none knew the key
   * @param reason for the audit log, never for the client
   */
  record Unwelcome(String plugin, String reason) implements Answer {}
}
