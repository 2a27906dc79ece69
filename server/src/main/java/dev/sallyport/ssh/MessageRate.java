package dev.sallyport.ssh;

import dev.sallyport.model.TokenBucket;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;

/**
 * A rate limit for messages of one client that have an effect or an answer: requests, channel
 * openings, and unknown messages. An answer costs the bastion ten times what the request costs the
 * client, so without a limit a few connections could use up a processor. Data and window
 * adjustments are not counted, because the window limits them (RFC 4254, section 5.2); rekeying has
 * a limit of its own. For the thread that reads the connection.
 */
public final class MessageRate {
  /** Enough for as many channels as a connection may have, each with a few requests. */
  static final int BURST = 512;

  /** Afterwards, the time between two messages: 100 a second for each connection. */
  static final long INTERVAL_NANOS = 10_000_000;

  /** The messages of a method of key exchange are 30 to 49 (RFC 4250, section 4.1.2). */
  private static final int FIRST_OF_METHOD = 30;

  private static final int LAST_OF_METHOD = 49;

  private final TokenBucket bucket;

  /**
   * Begins with the whole burst.
   *
   * @param now by {@link System#nanoTime}, as all times here
   */
  public MessageRate(long now) {
    bucket = new TokenBucket(TokenBucket.Rate.oneIn(INTERVAL_NANOS, BURST), now);
  }

  /** Whether a message with this number is counted. */
  public static boolean counts(int command) {
    return switch (command) {
      case SshConstants.SSH_MSG_IGNORE,
          SshConstants.SSH_MSG_DEBUG,
          SshConstants.SSH_MSG_KEXINIT,
          SshConstants.SSH_MSG_NEWKEYS,
          SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
          SshConstants.SSH_MSG_CHANNEL_DATA,
          SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA,
          SshConstants.SSH_MSG_CHANNEL_EOF,
          SshConstants.SSH_MSG_CHANNEL_CLOSE ->
          false;
      default -> command < FIRST_OF_METHOD || command > LAST_OF_METHOD;
    };
  }

  /**
   * Counts one message.
   *
   * @return nanoseconds to wait before it is handled; 0 for none
   */
  long take(long now) {
    return bucket.borrow(1, now);
  }

  /**
   * Counts one message, and waits until it is due: the client's next messages wait in its socket.
   */
  public void await(long now) {
    long wait = take(now);
    if (wait > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
