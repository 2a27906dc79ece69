package dev.sallyport.ssh;

import dev.sallyport.model.SourceNetwork;

/**
 * The party that causes a computation, and takes turns with others: a source before the login, and
 * a user afterwards, with all of the user's connections, inner connections and targets.
 */
public sealed interface Party {
  /** An unauthenticated client, by its source. */
  record Unauthenticated(SourceNetwork source) implements Party {}

  /** A user who is logged in, or whose key may log in and must be proven. */
  record User(String name) implements Party {}
}
