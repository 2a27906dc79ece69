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
 * Accepts until the listening socket is closed, whatever happens to one connection or for a while
 * to all. An {@link Error} is survived like the rest: the one that gets here is a thread that the
 * kernel refuses (TasksMax), which is over when others end. Of a heap that is full nobody hears
 * here: the launcher has the JVM exit then, and systemd starts another.
 */
public final class Accepting {
  /** Not this class's name: under that the library logs. */
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /**
   * When no descriptor is left accept fails at once, again and again: wait a little for some to be
   * closed.
   */
  private static final long PAUSE_AFTER_FAILURE_NANOS = 100_000_000L;

  private final String what;
  private final Source source;
  private final Consumer<SocketChannel> next;
  private final OnceAMinute waiting = new OnceAMinute();
  private final OnceAMinute lost = new OnceAMinute();

  /** Where connections come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Waits for one, as {@link java.nio.channels.ServerSocketChannel#accept}.
     *
     * @throws ClosedChannelException at the end
     */
    SocketChannel accept() throws IOException;
  }

  /**
   * @param what what the connections are called in the log, such as {@code connections}
   * @param next what becomes of one; when it throws, the connection is closed
   */
  public Accepting(String what, Source source, Consumer<SocketChannel> next) {
    this.what = what;
    this.source = source;
    this.next = next;
  }

  /** Until the source is closed. */
  public void run() {
    while (true) {
      try {
        begin(source.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        waiting.tell(more ->
            LOG.error(
                "cannot accept {} ({}); they wait: raise the limit of open files if this stays{}",
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
