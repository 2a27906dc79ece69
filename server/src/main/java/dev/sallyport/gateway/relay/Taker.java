package dev.sallyport.gateway.relay;

/** Who takes what a client sends. */
enum Taker {
  /** The relay to a target. */
  RELAY,
  /** The prompt. */
  PROMPT
}
