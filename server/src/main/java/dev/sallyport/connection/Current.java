package dev.sallyport.connection;

/** Holds the configuration in force. Safe for all threads. */
final class Current {
  private volatile InForce inForce;

  Current(InForce inForce) {
    this.inForce = inForce;
  }

  InForce get() {
    return inForce;
  }

  /** The configuration in force, whose plugins stay open until the caller releases it. */
  InForce use() {
    InForce found = inForce;
    while (!found.use()) {
      // It was replaced in between.
      found = inForce;
    }
    return found;
  }

  /** Called by one thread at a time. */
  void replace(InForce other) {
    InForce before = inForce;
    inForce = other;
    before.release();
  }
}
