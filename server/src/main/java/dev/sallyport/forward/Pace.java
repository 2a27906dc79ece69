package dev.sallyport.forward;

/** How fast what a user fails to do is told and answered. */
public interface Pace {
  /**
   * Waits until one more is due.
   *
   * @throws InterruptedException when the user has withdrawn what there was to tell
   */
  void await() throws InterruptedException;

  /** Takes the turn if one is due now; for those who cannot wait. */
  boolean takeNow();
}
