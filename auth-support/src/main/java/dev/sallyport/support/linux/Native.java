package dev.sallyport.support.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** Functions of the C library, with the errno(3) that they set. */
final class Native {
  /** Where a call leaves its errno. */
  static final String ERRNO = "errno";

  private Native() {}

  /**
   * A function whose handle takes, before its arguments, a segment of {@link
   * Linker.Option#captureStateLayout}.
   *
   * @throws IllegalCallerException when this module may not call native code
   */
  @SuppressWarnings("restricted")
  static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... more) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
    options[more.length] = Linker.Option.captureCallState(ERRNO);
    return linker.downcallHandle(address, shape, options);
  }
}
