package dev.sallyport.gateway.relay;

/** Whether the bastion is stopping: then nothing new may begin. For all threads. */
final class Stopping {
  /** The reason given for a refusal. */
  static final String SENTENCE = "the bastion is stopping";

  private volatile boolean begun;

  void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }
}
