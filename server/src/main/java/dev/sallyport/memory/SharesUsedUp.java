package dev.sallyport.memory;

/** Called when a user was refused memory. */
@FunctionalInterface
public interface SharesUsedUp {
  /**
   * Called on a virtual thread of its own, so it may wait; at most once a minute for each user, and
   * only once until the user holds at most half as much.
   */
  void refused(Shortage shortage);

  /**
   * The state when a reservation was refused.
   *
   * @param user the user who was refused
   * @param held bytes that the user holds
   * @param share bytes that the user may hold at the moment
   * @param heldByAll bytes that all users hold together
   * @param total bytes of the account
   */
  record Shortage(String user, long held, long share, long heldByAll, long total) {}
}
