package dev.sallyport.forward;

/** How fast what a user fails to do is told and answered. */
@FunctionalInterface
public interface Pace {
  /**
   * Waits until one more is due.
   *
   * @throws InterruptedException when the user has withdrawn what there was to tell
   */
  void await() throws InterruptedException;
}
