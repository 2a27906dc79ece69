package dev.sallyport.forward;

/** How the bytes of a forward that is open go on. */
sealed interface Carriage permits PlainCarriage, InspectedCarriage {
  /** Waits, on the forward's own thread, until nothing goes either way any more. Called once. */
  void carry() throws InterruptedException;

  /**
   * The client is gone: what it sent still goes on, and nothing comes back. Any thread; never
   * waits.
   */
  void clientGone();

  /** Ends it at once. Any thread; never waits. */
  void cut();
}
