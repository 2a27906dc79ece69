package dev.sallyport.model;

/** An act that restrictions may forbid. */
public enum Act {
  /** To log in, or to stay logged in. */
  LOG_IN,
  /** To open a forward, from the bastion or inside a recorded connection. */
  FORWARD,
  /** To open a session with the bastion, or through it on a target. */
  SESSION,
  /** To have a terminal in a session. */
  TERMINAL,
  /** To forward the client's agent. */
  AGENT
}
