package dev.sallyport.support.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The size of a terminal, for which Java has no call.
 *
 * @param columns at least 1
 * @param rows at least 1
 */
public record TerminalSize(int columns, int rows) {
  private static final int STANDARD_OUTPUT = 1;

  /** TIOCGWINSZ of Linux on x86-64 and AArch64 (ioctl_tty(2)). */
  private static final long GET_WINDOW_SIZE = 0x5413;

  /** Arguments of ioctl(2) before those that vary in type. */
  private static final int FIXED_ARGUMENTS = 2;

  /**
   * Of the terminal that the standard output is.
   *
   * @return nothing when the standard output is no terminal, or a terminal that has no size
   * @throws IllegalCallerException when this module may not call native code
   */
  public static Optional<TerminalSize> ofStandardOutput() {
    MethodHandle ioctl =
        Native.function(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(FIXED_ARGUMENTS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      MemorySegment size = arena.allocate(JAVA_SHORT, 4); // struct winsize
      if (call(ioctl, state, size) != 0) {
        return Optional.empty();
      }
      int rows = Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1));
      return rows > 0 && columns > 0
          ? Optional.of(new TerminalSize(columns, rows))
          : Optional.empty();
    }
  }

  private static int call(MethodHandle ioctl, MemorySegment state, MemorySegment size) {
    try {
      return (int) ioctl.invokeExact(state, STANDARD_OUTPUT, GET_WINDOW_SIZE, size);
    } catch (Throwable unexpected) {
      throw new IllegalStateException("ioctl(2) cannot be called", unexpected);
    }
  }
}
