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
   * @param leader the number of the process that leads it
   */
  static void end(long leader) {
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
