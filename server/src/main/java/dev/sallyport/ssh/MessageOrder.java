package dev.sallyport.ssh;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.kex.KexState;

/** Which messages a peer may send when, and how large, beyond what the library holds it to. */
public final class MessageOrder {
  /** First message number of the connection protocol (RFC 4250, section 4.1.2). */
  private static final int FIRST_HIGHER_MESSAGE = 50;

  /**
   * Largest packet, in bytes: what every implementation must take (RFC 4253, section 6.1), more
   * than a certificate with hundreds of principals, than what the windows of our channels allow,
   * and than a command that the record would hold. The library takes 256 KiB and keeps what it has
   * of them: a few hundred strangers, or one user with many connections, could use up the heap and
   * so end the process for everybody.
   */
  public static final int LARGEST_PACKET = 35_000;

  private MessageOrder() {}

  /**
   * Looks at a message before anything else does.
   *
   * @param command its number
   * @param size in bytes
   * @param exchange where the key exchange is
   * @param isFirstExchange whether there were no keys before
   * @param isAuthenticated whether the login is over
   * @throws SshException when it may not be sent now; that ends the connection
   */
  public static void check(
      int command, int size, KexState exchange, boolean isFirstExchange, boolean isAuthenticated)
      throws SshException {
    checkSize(size);
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

  /**
   * Holds a packet to {@link #LARGEST_PACKET}.
   *
   * @param size in bytes, as far as it has come
   * @throws SshException when it is too large; that ends the connection
   */
  public static void checkSize(int size) throws SshException {
    if (size > LARGEST_PACKET) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "a packet of more than " + LARGEST_PACKET + " bytes");
    }
  }
}
