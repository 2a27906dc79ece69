package dev.sallyport.connection;

/** What is in force at this time. Safe for all threads. */
final class Current {
  private volatile InForce inForce;

  Current(InForce inForce) {
    this.inForce = inForce;
  }

  InForce get() {
    return inForce;
  }

  /** To be released when it has been used: until then its plugins stay open. */
  InForce use() {
    InForce found = inForce;
    while (!found.use()) {
      // Replaced between the two lines.
      found = inForce;
    }
    return found;
  }

  /** By one thread at a time. */
  void replace(InForce other) {
    InForce before = inForce;
    inForce = other;
    before.release();
  }
}
