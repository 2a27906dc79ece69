package dev.sallyport.support.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Groups of processes, of which Java knows nothing. For all threads. */
public final class ProcessGroups {
  private static final int SIGKILL = 9;
  private static final MethodHandle KILL =
      Native.function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private ProcessGroups() {}

  /**
   * Ends all processes of a group at once (kill(2)); nothing happens when there are none, or when
   * this process may not.
   *
   * @param leader the number of the group; above 1, because 0 and -1 would be this process's own
   *     group, and every process
   */
  public static void kill(long leader) {
    if (leader <= 1 || leader > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not the number of a process group: " + leader);
    }
    try (Arena arena = Arena.ofConfined()) {
      int _ =
          (int)
              KILL.invokeExact(
                  arena.allocate(Linker.Option.captureStateLayout()), -(int) leader, SIGKILL);
    } catch (Throwable unexpected) {
      throw new IllegalStateException("kill(2) cannot be called", unexpected);
    }
  }
}
