package dev.sallyport.gateway.relay;

/** The part of the gateway that takes a client's input. */
enum Taker {
  /** The relay to a target. */
  RELAY,
  /** The prompt. */
  PROMPT
}
