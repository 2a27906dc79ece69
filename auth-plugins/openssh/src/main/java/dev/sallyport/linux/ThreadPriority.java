package dev.sallyport.linux;

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

/**
 * The priority that the kernel gives one thread. Java's own priorities do nothing without an option
 * of the JVM, which warns whoever is not root.
 */
public final class ThreadPriority {
  /** PRIO_PROCESS: with an id of 0 the calling thread, on Linux (setpriority(2), NOTES). */
  private static final int PROCESS = 0;

  private static final int CALLING_THREAD = 0;
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement(Native.ERRNO));

  private ThreadPriority() {}

  /**
   * Gives the calling thread, which must be a platform thread, another nice value.
   *
   * @param nice up to 19, which is the lowest priority; no lower than the thread has, unless this
   *     process may raise priorities
   * @throws IOException when the kernel refuses it
   * @throws IllegalCallerException when this module may not call native code
   */
  public static void set(int nice) throws IOException {
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
