package dev.sallyport.plugins.command;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Ends what a program has started, which Java itself can only do for as long as its parent lives.
 */
final class ProcessGroup {
  private static final int SIGKILL = 9;
  private static final MethodHandle KILL = kill();

  private ProcessGroup() {}

  @SuppressWarnings("restricted")
  private static MethodHandle kill() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("kill"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

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
      signal(leader.pid());
    } else {
      endLeftovers(leader.pid());
    }
  }

  /** Ends what is left of the group of a process that has ended. */
  static void endLeftovers(long leader) {
    if (ProcessHandle.of(leader).isEmpty()) {
      signal(leader);
    }
  }

  private static void signal(long leader) {
    // 0 and -1 would be our own group, and everything.
    if (leader <= 1 || leader > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no process that leads a group: " + leader);
    }
    try {
      int _ = (int) KILL.invokeExact(-(int) leader, SIGKILL);
    } catch (Throwable impossible) {
      throw new IllegalStateException("kill(2) cannot be called", impossible);
    }
  }
}
