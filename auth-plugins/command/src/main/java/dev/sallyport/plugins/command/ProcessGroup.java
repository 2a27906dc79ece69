package dev.sallyport.plugins.command;

import dev.sallyport.support.linux.ProcessGroups;

/**
 * Ends what a program has started, which Java itself can only do for as long as its parent lives.
 */
final class ProcessGroup {
  private ProcessGroup() {}

  /**
   * Ends a group at once (kill(2)); nothing happens when none of it is left.
   *
   * <p>Java reaps a leader as soon as it ends, and its number is free; but not while one of its
   * group lives (POSIX, "Process ID Reuse"). So a process that has the number is a stranger, and
   * means that nothing is left to end. A stranger could be hit that gets the number, and leads a
   * group, in the microseconds between our look and the signal: numbers go round, so all others
   * would have to be used up just then.
   *
   * @param leader the process that leads it, which may have ended
   */
  static void end(Process leader) {
    if (leader.isAlive()) {
      ProcessGroups.kill(leader.pid());
    } else {
      endLeftovers(leader.pid());
    }
  }

  /** Ends what is left of the group of a process that has ended. */
  static void endLeftovers(long leader) {
    if (ProcessHandle.of(leader).isEmpty()) {
      ProcessGroups.kill(leader);
    }
  }
}
