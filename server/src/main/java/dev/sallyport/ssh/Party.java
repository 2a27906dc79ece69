package dev.sallyport.ssh;

import dev.sallyport.model.SourceNetwork;

/**
 * Who causes a computation, and takes turns with the others for it: a source while nobody is known,
 * and then a user, whatever connections, inner connections and targets they have.
 */
public sealed interface Party {
  /** An unauthenticated client, by where it is. */
  record Unauthenticated(SourceNetwork source) implements Party {}

  /** A user who is logged in, or shows a key that may log in and has to prove it. */
  record User(String name) implements Party {}
}
