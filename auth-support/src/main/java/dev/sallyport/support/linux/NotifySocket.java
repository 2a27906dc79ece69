package dev.sallyport.support.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The socket on which a service manager listens for its services, as sd_notify(3) describes it. It
 * takes datagrams over AF_UNIX, for which Java has no API. For all threads; each message has a
 * socket of its own, as in systemd's reference implementation.
 *
 * @param name the value of {@code NOTIFY_SOCKET}: an absolute path, or an abstract name with
 *     {@code @} in front
 */
public record NotifySocket(String name) {
  // From <bits/socket.h> and <bits/socket_type.h>: the same on x86-64 and AArch64.
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;

  /** Where the name begins in {@code struct sockaddr_un}, and what it may have (unix(7)). */
  private static final int PATH = 2;

  private static final int LONGEST_PATH = 108;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement(Native.ERRNO));

  /**
   * Sends one message: assignments such as {@code READY=1}, a line each. Waits while the manager's
   * queue is full.
   *
   * @throws IOException when it cannot be sent; the message says why
   * @throws IllegalCallerException when this module may not call native code
   */
  public void send(String message) throws IOException {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = name.startsWith("@");
    if (!isAbstract && !name.startsWith("/")) {
      throw new IOException("NOTIFY_SOCKET is neither an absolute path nor an abstract name");
    }
    if (path.length < 2 || path.length >= LONGEST_PATH) {
      throw new IOException("NOTIFY_SOCKET is too short or too long to be a socket's name");
    }
    if (isAbstract) {
      path[0] = 0;
    }
    // Made for each message, of which there are few: a command that sends none needs no right to
    // call native code.
    MethodHandle open =
        Native.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    MethodHandle sendTo =
        Native.function(
            "sendto",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    MethodHandle close = Native.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    // A path ends with a zero byte; an abstract name with the length of the address.
    int length = PATH + path.length + (isAbstract ? 0 : 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(PATH + LONGEST_PATH, Short.BYTES);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, PATH, path.length);
      byte[] text = message.getBytes(StandardCharsets.UTF_8);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text);
      MemorySegment state = arena.allocate(STATE);
      int socket = (int) open.invokeExact(state, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (socket < 0) {
        throw failure("socket", state);
      }
      try {
        long sent =
            (long)
                sendTo.invokeExact(
                    state, socket, bytes, (long) text.length, MSG_NOSIGNAL, address, length);
        if (sent != text.length) {
          throw failure("sendto", state);
        }
      } finally {
        int _ = (int) close.invokeExact(state, socket);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable unexpected) {
      throw new IllegalStateException("the C library cannot be called", unexpected);
    }
  }

  private IOException failure(String call, MemorySegment state) {
    return new IOException(
        "%s to %s failed with errno %d".formatted(call, name, (int) ERRNO.get(state, 0L)));
  }
}
