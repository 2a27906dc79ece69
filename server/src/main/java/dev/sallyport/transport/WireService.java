package dev.sallyport.transport;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/**
 * The SSH connections over wires that somebody else made: to targets, and inside forwards. Safe for
 * all threads.
 */
public final class WireService extends AbstractCloseable implements IoService {
  private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
  private final IoHandler handler;
  private final String threads;

  /**
   * @param handler the SSH library's: makes a session of each wire
   * @param threads what the reading threads are called
   */
  public WireService(IoHandler handler, String threads) {
    this.handler = handler;
    this.threads = threads;
  }

  /**
   * Makes an SSH connection of the wire, and reads it on a virtual thread from now on.
   *
   * @throws Exception whatever the library throws for a session that it cannot make; the wire is
   *     closed then
   */
  public WireSession open(Wire wire) throws Exception {
    WireSession session = new WireSession(this, this::ended, handler, wire);
    sessions.put(session.getId(), session);
    if (isClosing()) {
      session.close(true);
    }
    session.start(Thread.ofVirtual().name(threads + "-" + session.getId()).factory());
    return session;
  }

  private void ended(WireSession session) {
    sessions.remove(session.getId());
  }

  @Override
  public Map<Long, IoSession> getManagedSessions() {
    return Collections.unmodifiableMap(sessions);
  }

  @Override
  public @Nullable IoServiceEventListener getIoServiceEventListener() {
    return null;
  }

  @Override
  public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {
    if (listener != null) {
      throw new UnsupportedOperationException("nobody listens to the transport");
    }
  }

  @Override
  protected CloseFuture doCloseGracefully() {
    return builder().parallel("sessions", sessions.values()).build().close(false);
  }

  @Override
  protected void doCloseImmediately() {
    sessions.values().forEach(session -> session.close(true));
    super.doCloseImmediately();
  }
}
