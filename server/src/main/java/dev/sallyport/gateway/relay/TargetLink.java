package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.gateway.target.TargetException;
import dev.sallyport.gateway.target.TargetLogin;
import dev.sallyport.gateway.target.Targets;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * The connection to a target that all sessions of one inspected forward share. It logs in when the
 * first of them starts, because a forwarded agent is there only then. For all threads.
 */
final class TargetLink {
  private final Targets targets;
  private final SocketChannel socket;
  private Optional<TargetConnection> connection = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private boolean closed;

  /**
   * @param socket connected to the target; closed with this
   */
  TargetLink(Targets targets, SocketChannel socket) {
    this.targets = targets;
    this.socket = socket;
  }

  /**
   * The connection, logged in. Whoever comes first logs in; the others wait for it.
   *
   * @throws SessionFailure when the target does not let us in; for all who ask, because a second try
   *     would need a second connection
   */
  synchronized TargetConnection logIn(TargetLogin login)
      throws SessionFailure, InterruptedException {
    if (failure.isPresent()) {
      throw new SessionFailure(failure.get());
    }
    if (closed) {
      throw new SessionFailure("the connection ends");
    }
    if (connection.isEmpty()) {
      try {
        connection = Optional.of(targets.logIn(socket, login));
      } catch (TargetException e) {
        failure = Optional.of(String.valueOf(e.getMessage()));
        throw new SessionFailure(failure.get(), e);
      }
    }
    return connection.get();
  }

  /** The connection, if somebody has logged in. */
  synchronized Optional<TargetConnection> connected() {
    return connection;
  }

  /** Ends it, also for who is logging in just now. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // A socket that fails to close is closed.
    }
    synchronized (this) {
      closed = true;
      connection.ifPresent(TargetConnection::close);
    }
  }
}
