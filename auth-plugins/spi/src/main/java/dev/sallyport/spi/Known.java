package dev.sallyport.spi;

/** One thing that a plugin's source knows of a user, for {@code sallyport login explain}. */
public sealed interface Known {
  /**
   * A key that the source has for the user. It says nothing of whether the key may log in: the
   * server asks {@link AuthPlugin#publicKey} about it.
   *
   * @param where where the source has it, such as a file with a line
   */
  record Key(String where, OfferedKey key) implements Known {}

  /**
   * Anything else that an operator wants to know, such as a file that is missing.
   *
   * @param text a sentence without a full stop and without secrets; the server escapes it
   */
  record Fact(String text) implements Known {}
}
