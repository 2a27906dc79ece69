package dev.sallyport.audit;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Logs the events of one connection until its authentication, and its end. The opening is logged at
 * once, or before the first other event that is logged. The close is logged if the opening was.
 *
 * <p>For all threads. A call waits while {@link #authenticated} waits for the disk, so that the
 * order in the log is right.
 */
public final class ConnectionAudit {
  /** The cost of an opening, with the close that must follow it. */
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

  /** An authentication failed; logged within the rate of unauthenticated clients. */
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
   * The client has authenticated. Returns when this event, and the opening before it, are on disk;
   * only then may the client be answered with success.
   *
   * @throws AuditUnavailableException when they are not, or the connection has ended meanwhile;
   *     then the login must fail
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
        // The client has left, and the close may be in the log already.
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
