package dev.sallyport.ssh;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.kex.KexState;

/** Which messages a peer may send when, beyond what the library holds it to. */
public final class MessageOrder {
  /** First message number of the connection protocol (RFC 4250, section 4.1.2). */
  private static final int FIRST_HIGHER_MESSAGE = 50;

  private MessageOrder() {}

  /**
   * Looks at a message before anything else does.
   *
   * @param command its number
   * @param exchange where the key exchange is
   * @param isFirstExchange whether there were no keys before
   * @param isAuthenticated whether the login is over
   * @throws SshException when it may not be sent now; that ends the connection
   */
  public static void check(
      int command, KexState exchange, boolean isFirstExchange, boolean isAuthenticated)
      throws SshException {
    if (command >= FIRST_HIGHER_MESSAGE
        && (exchange == KexState.RUN || exchange == KexState.KEYS)) {
      // RFC 4253, section 7.1. Answers to such messages would queue up until the exchange is over,
      // which is when the peer likes.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "message " + command + " in the middle of a key exchange");
    }
    if (command == SshConstants.SSH_MSG_KEXINIT && !isAuthenticated && !isFirstExchange) {
      // One exchange costs us as much as many bytes cost a peer; one is all it takes to log in.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "new keys asked for before authentication");
    }
  }
}
