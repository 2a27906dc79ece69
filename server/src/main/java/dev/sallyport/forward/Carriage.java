package dev.sallyport.forward;

import dev.sallyport.audit.TrafficSummary;

/** How the bytes of a forward that is open go on. */
sealed interface Carriage permits PlainCarriage, InspectedCarriage {
  /** Waits, on the forward's own thread, until nothing goes either way any more. Called once. */
  void carry() throws InterruptedException;

  /**
   * The client is gone: what it sent still goes on, and nothing comes back. Any thread; never
   * waits.
   */
  void clientGone();

  /** What can be told of the bytes from outside. When nothing goes any more. */
  TrafficSummary traffic();

  /** Ends it at once. Any thread; never waits. */
  void cut();
}
