package dev.sallyport.connection;

import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * What the client of one connection did until its login. The connection's reading thread and the
 * clock tell; whichever ends the connection asks.
 */
final class Conduct {
  /**
   * More messages than any login takes: six failures with a probe each, and thirty rounds of
   * questions. A client that asks for ever whether keys are welcome makes plugins work for it.
   */
  static final int MOST_MESSAGES = 256;

  private int messages;
  private boolean tried;
  private boolean flooded;
  private boolean late;
  private boolean proved;

  /**
   * A message came.
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
   * An attempt to log in failed, or a key was offered in vain. However often: it counts once, and
   * only if the connection ends without a login, as sshd's {@code authfail} does.
   */
  synchronized void failed() {
    tried = true;
  }

  /** The time for the login is over. */
  synchronized void timeIsUp() {
    late = true;
  }

  /** Every factor is proven: what came before were mistakes. */
  synchronized void proved() {
    proved = true;
  }

  /** What its source is penalised for when the connection ends now. */
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
