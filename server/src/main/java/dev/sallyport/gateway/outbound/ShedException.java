package dev.sallyport.gateway.outbound;

import dev.sallyport.model.SafeText;
import java.time.Duration;

/**
 * The target ended the connection before it had sent its identification (RFC 4253, section 4.2). A
 * busy server does so when it has no place for a connection. Nothing has happened in the connection
 * yet, so another attempt is harmless.
 */
final class ShedException extends TargetException {
  private static final long serialVersionUID = 1L;

  /** What sshd sends while a source has a penalty, which lasts longer than the bastion retries. */
  private static final String PENALTY = "Not allowed at this time";

  private static final int SHOWN = 100;

  private final String address;
  private final String said;

  /**
   * @param address the target's address, escaped
   * @param said what it sent instead; any text, may be empty
   */
  ShedException(String address, String said) {
    super(sentence(address, said, ""));
    this.address = address;
    this.said = said;
  }

  /** Whether another attempt soon may succeed. */
  boolean mayPass() {
    return !said.startsWith(PENALTY);
  }

  /** The same after several attempts. */
  TargetException after(int tries, Duration time) {
    return tries == 1
        ? this
        : new TargetException(
            sentence(address, said, " (%d times in %d s)".formatted(tries, time.toSeconds() + 1)),
            this);
  }

  private static String sentence(String address, String said, String tries) {
    String words = said.strip();
    return address
        + " closed the connection before it sent an SSH identification"
        + tries
        + (words.isEmpty() ? "" : ", and said \"" + SafeText.escape(words, SHOWN) + "\"")
        + (said.startsWith(PENALTY)
            ? ": its sshd has the bastion's address in PerSourcePenalties"
            : ": its sshd is at MaxStartups, or it does not speak SSH");
  }
}
