package dev.sallyport.audit;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the log is told of one connection until it is authenticated, and its end. Its opening is
 * told at once, or before the first event that is told; its close is told if its opening was.
 *
 * <p>For all threads; a call waits while {@link #authenticated} waits for the disk, so that the
 * log's order is the true one.
 */
public final class ConnectionAudit {
  /** An opening that is told, and the close that must then follow. */
  private static final int OPENING_AND_CLOSE = 2;

  private static final String ENDED = "the connection ended before its authentication was recorded";

  private final Strangers strangers;
  private final AuditLog log;
  private final AuditEvent.ConnectionOpened opening;
  private final ReentrantLock lock = new ReentrantLock();
  private Stage stage;

  private enum Stage {
    UNTOLD,
    TOLD,
    AUTHENTICATED,
    CLOSED
  }

  ConnectionAudit(Strangers strangers, AuditLog log, AuditEvent.ConnectionOpened opening) {
    this.strangers = strangers;
    this.log = log;
    this.opening = opening;
    if (strangers.mayTell(OPENING_AND_CLOSE)) {
      log.append(opening);
      this.stage = Stage.TOLD;
    } else {
      this.stage = Stage.UNTOLD;
    }
  }

  /** An attempt to log in failed; told as far as strangers may be. */
  public void failed(AuditEvent.AuthenticationFailed event) {
    lock.lock();
    try {
      switch (stage) {
        case UNTOLD -> {
          if (strangers.mayTell(OPENING_AND_CLOSE + 1)) {
            log.append(opening);
            strangers.owe(log.append(event));
            stage = Stage.TOLD;
          } else {
            strangers.countFailure(source());
          }
        }
        case TOLD -> {
          if (strangers.mayTell(1)) {
            strangers.owe(log.append(event));
          } else {
            strangers.countFailure(source());
          }
        }
        case AUTHENTICATED -> log.append(event);
        case CLOSED -> strangers.countFailure(source());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The client proved who it is. Returns when this is on disk, and the opening before it; the
   * client may hear yes only then.
   *
   * @throws AuditUnavailableException when it is not, or the connection ended meanwhile: the client
   *     must hear no
   */
  public void authenticated(AuditEvent.AuthenticationSucceeded event)
      throws AuditUnavailableException {
    lock.lock();
    try {
      switch (stage) {
        case UNTOLD -> {
          log.commit(List.of(opening, event));
          stage = Stage.AUTHENTICATED;
        }
        case TOLD -> {
          log.commit(event);
          stage = Stage.AUTHENTICATED;
          strangers.giveBack(OPENING_AND_CLOSE);
        }
        case AUTHENTICATED -> log.commit(event);
        // Nobody is there to be granted anything, and the close may be in the log already.
        case CLOSED -> throw new AuditUnavailableException(ENDED, new IllegalStateException(ENDED));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The connection ended. Only the first call counts. */
  public void closed(AuditEvent.ConnectionClosed event) {
    lock.lock();
    try {
      switch (stage) {
        case UNTOLD -> strangers.countConnection(source());
        case TOLD, AUTHENTICATED -> log.append(event);
        case CLOSED -> {}
      }
      stage = Stage.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  private InetAddress source() {
    return opening.connection().source().getAddress();
  }
}
