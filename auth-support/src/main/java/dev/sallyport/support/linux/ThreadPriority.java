package dev.sallyport.support.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The priority that the kernel gives one thread. Java's own priorities do nothing without an option
 * of the JVM, which warns whoever is not root.
 */
public final class ThreadPriority {
  /** PRIO_PROCESS: with an id of 0 the calling thread, on Linux (setpriority(2), NOTES). */
  private static final int PROCESS = 0;

  private static final int CALLING_THREAD = 0;

  /** The highest nice value (setpriority(2)). */
  private static final int LOWEST = 19;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement(Native.ERRNO));

  private ThreadPriority() {}

  /**
   * Raises the nice value of the calling thread, which must be a platform thread. The steps are
   * added to the value that it has, because the whole process may have been started with a lower
   * priority than usual (nice(1), systemd's Nice=).
   *
   * @param steps at least 0; the value is 19 at most, which is the lowest priority
   * @throws IOException when the kernel refuses it, or {@code /proc} cannot be read
   * @throws IllegalCallerException when this module may not call native code
   */
  public static void lower(int steps) throws IOException {
    set(Math.min(LOWEST, niceOfThisThread() + steps));
  }

  /** proc(5), /proc/pid/stat: the value is the 19th, and the 17th behind the name. */
  private static int niceOfThisThread() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 18)[16]);
  }

  private static void set(int nice) throws IOException {
    MethodHandle setPriority =
        Native.function(
            "setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      if (call(setPriority, state, nice) != 0) {
        throw new IOException("setpriority failed with errno " + (int) ERRNO.get(state, 0L));
      }
    }
  }

  private static int call(MethodHandle setPriority, MemorySegment state, int nice) {
    try {
      return (int) setPriority.invokeExact(state, PROCESS, CALLING_THREAD, nice);
    } catch (Throwable unexpected) {
      throw new IllegalStateException("setpriority(2) cannot be called", unexpected);
    }
  }
}
