package dev.sallyport.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions of the C library, with the errno(3) that they set. */
final class Native {
  /** Where a call leaves its errno. */
  static final String ERRNO = "errno";

  private Native() {}

  /**
   * A function whose handle takes, before its arguments, a segment of {@link
   * Linker.Option#captureStateLayout}.
   */
  @SuppressWarnings("restricted")
  static MethodHandle function(String name, FunctionDescriptor shape) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(address, shape, Linker.Option.captureCallState(ERRNO));
  }
}
