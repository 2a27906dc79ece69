package dev.sallyport.ssh;

import dev.sallyport.model.TokenBucket;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;

/**
 * How fast one client may send what has an effect or an answer: requests, requests for channels,
 * and messages that nobody knows. An answer costs the bastion ten times what the request costs the
 * client, so without a rate a few connections take a processor from all other users. Bytes and
 * windows are not counted: they have a bound of their own (RFC 4254, section 5.2), and so have new
 * keys. For the connection's reading thread.
 */
public final class MessageRate {
  /** As many channels as a connection may have, each with a few requests. */
  static final int BURST = 512;

  /** From then on one in this time, which is 100 a second for each connection. */
  static final long INTERVAL_NANOS = 10_000_000;

  /** The messages of a method of key exchange are 30 to 49 (RFC 4250, section 4.1.2). */
  private static final int FIRST_OF_METHOD = 30;

  private static final int LAST_OF_METHOD = 49;

  private final TokenBucket bucket;

  /**
   * Begins with the burst free.
   *
   * @param now as all times here, of {@link System#nanoTime}
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
