package dev.sallyport.support.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The service manager's end: a datagram socket of its own, and what arrives there. */
public final class NotifyReceiver implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final short POLLIN = 1;
  private static final int LARGEST = 4096;

  private final String name;
  private final int socket;

  /**
   * @param name as {@code NOTIFY_SOCKET} has it
   */
  public NotifyReceiver(String name) throws Throwable {
    this.name = name;
    this.socket =
        (int) function("socket", JAVA_INT, JAVA_INT, JAVA_INT).invoke(AF_UNIX, SOCK_DGRAM, 0);
    try (Arena arena = Arena.ofConfined()) {
      byte[] path = name.getBytes(StandardCharsets.UTF_8);
      boolean isAbstract = path[0] == '@';
      if (isAbstract) {
        path[0] = 0;
      }
      MemorySegment address = arena.allocate(2 + 108, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
      int length = 2 + path.length + (isAbstract ? 0 : 1);
      int bound =
          (int) function("bind", JAVA_INT, ADDRESS, JAVA_INT).invoke(socket, address, length);
      if (socket < 0 || bound != 0) {
        throw new IllegalStateException("cannot listen on " + name);
      }
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, java.lang.foreign.MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /** Where to send to. */
  public String name() {
    return name;
  }

  /** The next message, if one comes in time. */
  public Optional<String> next(Duration deadline) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, socket);
      poll.set(JAVA_SHORT, 4, POLLIN);
      int ready =
          (int)
              function("poll", ADDRESS, JAVA_LONG, JAVA_INT)
                  .invoke(poll, 1L, (int) deadline.toMillis());
      if (ready <= 0) {
        return Optional.empty();
      }
      MemorySegment bytes = arena.allocate(LARGEST);
      int length =
          (int)
              function("recv", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)
                  .invoke(socket, bytes, (long) LARGEST, 0);
      return Optional.of(
          new String(bytes.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    try {
      int _ = (int) function("close", JAVA_INT).invoke(socket);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
