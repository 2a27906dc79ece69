package dev.sallyport.gateway.relay;

/** Whether the bastion is stopping: then nothing new may begin. For all threads. */
final class Stopping {
  private volatile boolean begun;

  void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }
}
