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
 * SSH connections over wires of any kind, in place of the library's NIO2 service, whose pool of
 * threads all sessions share. Safe for all threads.
 */
abstract class WireSessions extends AbstractCloseable implements IoService {
  private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
  private final IoHandler handler;

  /**
   * @param handler the SSH library's, which makes a session of each wire
   */
  WireSessions(IoHandler handler) {
    this.handler = handler;
  }

  /** Makes an SSH connection of the wire, without reading it yet. */
  final WireSession add(Wire wire) {
    WireSession session = new WireSession(this, this::ended, handler, wire);
    sessions.put(session.getId(), session);
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
