package dev.sallyport.model;

/** What a user is about to do, for restrictions to be asked about. */
public enum Act {
  /** Log in, or stay logged in. */
  LOG_IN,
  /** Open a forward, from the bastion or inside a recorded connection. */
  FORWARD,
  /** Open a session with the bastion, or through it on a target. */
  SESSION,
  /** Have a terminal in a session. */
  TERMINAL,
  /** Forward the client's agent. */
  AGENT
}
