package dev.sallyport.spi;

import java.util.Optional;

/**
 * One configured source of authentication.
 *
 * <p>Every method may be called by many threads at once, each a virtual thread that may wait; a
 * plugin bounds its own waiting (a directory or a program that hangs may hold up the asking
 * connection only, and not for long). Whatever a method throws counts as a refusal.
 */
public interface AuthPlugin extends AutoCloseable {
  /**
   * What this plugin says of a key that a client <em>offers</em>. The client may not have proven
   * possession yet: the same question is asked for the unsigned probe (RFC 4252, section 7), again
   * with the signature, and again while the connection lives (a key that has lost its right ends
   * the connection). So the answer depends on the arguments and on the plugin's source alone, and
   * asking must not count, log or change anything that stands for a login.
   */
  Verdict publicKey(LoginAttempt attempt, OfferedKey key) throws Exception;

  /** The second factor this plugin can ask for, if it has one. */
  default Optional<InteractiveFactor> interactiveFactor() {
    return Optional.empty();
  }

  /** Gives up threads, files and connections. Called once, after the last question. */
  @Override
  default void close() {}
}
