package dev.sallyport;

import dev.sallyport.review.Window;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The size of the terminal that the standard output is (ioctl_tty(2)); Java has no call for it. */
final class WindowSize {
  private static final int STANDARD_OUTPUT = 1;

  /** TIOCGWINSZ of Linux on x86-64 and AArch64. */
  private static final long GET_WINDOW_SIZE = 0x5413;

  private WindowSize() {}

  /** Empty when it is no terminal, or native code may not be called. */
  @SuppressWarnings("restricted")
  static Optional<Window> ofStandardOutput() {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MethodHandle ioctl =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("ioctl"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS),
              Linker.Option.firstVariadicArg(2));
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4); // struct winsize
      int result = (int) ioctl.invokeExact(STANDARD_OUTPUT, GET_WINDOW_SIZE, size);
      int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
      return result == 0 && rows > 0 && columns > 0
          ? Optional.of(new Window(columns, rows))
          : Optional.empty();
    } catch (Throwable notAllowed) {
      return Optional.empty();
    }
  }
}
