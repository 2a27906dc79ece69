package dev.sallyport.connection;

import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * The conduct of one connection's client until its login. The reading thread and the periodic check
 * report to it; the thread that ends the connection reads it.
 */
final class Conduct {
  /**
   * More messages than any login takes: six failures with a query each, and thirty rounds of
   * prompts. A client that queries keys for ever would keep plugins busy.
   */
  static final int MOST_MESSAGES = 256;

  private int messages;
  private boolean tried;
  private boolean flooded;
  private boolean late;
  private boolean proved;

  /**
   * Counts a message.
   *
   * @throws SshException when there are too many; that ends the connection
   */
  synchronized void message() throws SshException {
    if (++messages > MOST_MESSAGES) {
      flooded = true;
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "more than " + MOST_MESSAGES + " messages before authentication");
    }
  }

  /** A message ended the connection. */
  synchronized void threw(SshException cause) {
    flooded |= cause.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR;
  }

  /**
   * An attempt failed, or a key was not accepted. This counts once, however often it happens, and
   * only if the connection ends without a login, as with sshd's {@code authfail}.
   */
  synchronized void failed() {
    tried = true;
  }

  /** The login grace time has passed. */
  synchronized void timeIsUp() {
    late = true;
  }

  /** Every factor is proven, so earlier failures do not count. */
  synchronized void proved() {
    proved = true;
  }

  /** The misconduct that its source is penalised for if the connection ends now. */
  synchronized Optional<Misconduct> misconduct() {
    if (proved) {
      return Optional.empty();
    }
    if (flooded) {
      return Optional.of(Misconduct.FLOOD);
    }
    if (late) {
      return Optional.of(Misconduct.GRACE_EXCEEDED);
    }
    return Optional.of(tried ? Misconduct.AUTHENTICATION_FAILED : Misconduct.NO_AUTHENTICATION);
  }
}
