package dev.sallyport.plugins.command;

import dev.sallyport.spi.Verdict;

/** What came of asking the program. */
sealed interface Answer {
  /** It ended with success, and this is what its keys say of the one that was offered. */
  record Said(Verdict verdict) implements Answer {}

  /**
   * It ended with an error.
   *
   * @param how a sentence without its subject
   */
  record Declined(String how) implements Answer {}

  /** Whether it lets somebody in. */
  default boolean letsIn() {
    return switch (this) {
      case Said(Verdict verdict) -> verdict instanceof Verdict.Accepted;
      case Declined _ -> false;
    };
  }
}
