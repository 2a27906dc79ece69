package dev.sallyport.config;

import java.time.Duration;

/** How the values of external sources, such as {@code private-networks = "vpc"}, are loaded. */
public enum Outside {
  /**
   * For a server: sources are asked until they answer or a timeout has passed; without an answer
   * the server does not start.
   */
  AWAITED(Duration.ofSeconds(15)),
  /** For a decision: asked once; without an answer there is no decision. */
  ASKED(Duration.ZERO),
  /** For a check of the file: asked once; a missing answer is reported, and the file is valid. */
  TRIED(Duration.ZERO),
  /** For uses without decisions: not asked, so the result must not be used to grant access. */
  LEFT(Duration.ZERO);

  private final Duration patience;

  Outside(Duration patience) {
    this.patience = patience;
  }

  /** How long a source is asked again after the first attempt. */
  Duration patience() {
    return patience;
  }
}
