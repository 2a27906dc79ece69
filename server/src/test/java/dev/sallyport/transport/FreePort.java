package dev.sallyport.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of loopback that nobody has at the moment, another one each time. Not those that the kernel
 * chooses: it may give the same twice, or give it to an outgoing connection before the program that
 * it was meant for takes it.
 */
public final class FreePort {
  /** Below the ports that the kernel gives to outgoing connections (ip(7), ip_local_port_range). */
  private static final int FIRST = 12_000;

  private static final int LAST = 32_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(LAST - FIRST));

  private FreePort() {}

  public static int next() {
    while (true) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST + 1);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // The next one may be free.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
