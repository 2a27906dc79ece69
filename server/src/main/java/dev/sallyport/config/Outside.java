package dev.sallyport.config;

import java.time.Duration;

/**
 * How much whoever loads a configuration needs of what it leaves to sources outside, such as {@code
 * private-networks = "vpc"}.
 */
public enum Outside {
  /** A server: asked until they tell or a while is over; without an answer nothing starts. */
  AWAITED(Duration.ofSeconds(15)),
  /** A decision: asked once; without an answer there is none. */
  ASKED(Duration.ZERO),
  /** A check of the file: asked once; without an answer that is told, and the file is right. */
  TRIED(Duration.ZERO),
  /** Whatever decides nothing: not asked, so that nobody may be let anywhere by it. */
  LEFT(Duration.ZERO);

  private final Duration patience;

  Outside(Duration patience) {
    this.patience = patience;
  }

  /** How long a source is asked again, beyond one attempt. */
  Duration patience() {
    return patience;
  }
}
