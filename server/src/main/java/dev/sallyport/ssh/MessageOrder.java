package dev.sallyport.ssh;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.kex.KexState;

/** Checks the order and the size of a peer's messages, beyond the library's own checks. */
public final class MessageOrder {
  /** First message number of the connection protocol (RFC 4250, section 4.1.2). */
  private static final int FIRST_HIGHER_MESSAGE = 50;

  /**
   * Largest packet, in bytes: what every implementation must accept (RFC 4253, section 6.1). It is
   * more than a certificate with hundreds of principals needs, more than our channels' packets, and
   * more than a command that can be recorded. The library accepts 256 KiB and buffers partial
   * packets, so a few hundred unauthenticated clients, or one user with many connections, could use
   * up the heap and end the process.
   */
  public static final int LARGEST_PACKET = 35_000;

  /**
   * Largest packet before the login to a target, in bytes. sshd sends its banner in one packet,
   * which has at most so many bytes (packet.c, {@code PACKET_MAX_SIZE}).
   */
  public static final int LARGEST_BEFORE_LOGIN = 262_144;

  private MessageOrder() {}

  /**
   * Checks a message before it is handled.
   *
   * @param command its number
   * @param size in bytes
   * @param largest size that is taken, in bytes
   * @param exchange the state of the key exchange
   * @param isFirstExchange whether this is the first key exchange
   * @param isAuthenticated whether the login is complete
   * @throws SshException when it may not be sent now; that ends the connection
   */
  public static void check(
      int command,
      int size,
      int largest,
      KexState exchange,
      boolean isFirstExchange,
      boolean isAuthenticated)
      throws SshException {
    checkSize(size, largest);
    if (command >= FIRST_HIGHER_MESSAGE
        && (exchange == KexState.RUN || exchange == KexState.KEYS)) {
      // RFC 4253, section 7.1. Answers to such messages would queue up until the exchange ends,
      // which the peer can delay.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "message " + command + " in the middle of a key exchange");
    }
    if (command == SshConstants.SSH_MSG_KEXINIT && !isAuthenticated && !isFirstExchange) {
      // An exchange costs the bastion much more than the peer, and a login needs only one.
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "new keys asked for before authentication");
    }
  }

  /**
   * Enforces the largest size of a packet.
   *
   * @param size bytes that have arrived so far
   * @param largest in bytes
   * @throws SshException when it is too large; that ends the connection
   */
  public static void checkSize(int size, int largest) throws SshException {
    if (size > largest) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          "a packet of more than " + largest + " bytes");
    }
  }
}
