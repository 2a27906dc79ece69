package dev.sallyport.transport;

import dev.sallyport.model.OnceAMinute;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections until the listening socket is closed, and continues after faults. This
 * includes an {@link Error}, which the JDK throws when the kernel grants no thread (TasksMax). A
 * full heap is not handled here: the launcher's options have the JVM exit, and systemd restarts it.
 */
public final class Accepting {
  /** Not this class's name, under which the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** Pause after a failure. When no descriptor is left, accept fails at once, again and again. */
  private static final long PAUSE_AFTER_FAILURE_NANOS = 100_000_000L;

  private final String what;
  private final Source source;
  private final Consumer<SocketChannel> next;
  private final OnceAMinute waiting = new OnceAMinute();
  private final OnceAMinute lost = new OnceAMinute();

  /** The source of connections. */
  @FunctionalInterface
  public interface Source {
    /**
     * Waits for a connection, as {@link java.nio.channels.ServerSocketChannel#accept}.
     *
     * @throws ClosedChannelException at the end
     */
    SocketChannel accept() throws IOException;
  }

  /**
   * @param what the kind of connections, for the log, such as {@code connections}
   * @param next handles a connection; when it throws, the connection is closed
   */
  public Accepting(String what, Source source, Consumer<SocketChannel> next) {
    this.what = what;
    this.source = source;
    this.next = next;
  }

  /** Runs until the source is closed. */
  public void run() {
    while (true) {
      try {
        begin(source.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        waiting.tell(more ->
            LOG.error(
                "cannot accept {} ({}); they wait: raise the limit of open files if this"
                    + " persists{}",
                what,
                e.getMessage(),
                more));
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
      } catch (RuntimeException | Error e) {
        lost.tell(more ->
            LOG.error("a connection failed before it began; others are accepted{}", more, e));
      }
    }
  }

  private void begin(SocketChannel socket) {
    boolean begun = false;
    try {
      next.accept(socket);
      begun = true;
    } finally {
      if (!begun) {
        WireSession.closeQuietly(socket);
      }
    }
  }
}
