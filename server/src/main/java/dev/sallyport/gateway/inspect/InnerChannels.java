package dev.sallyport.gateway.inspect;

import dev.sallyport.model.Denial;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;

/** Makes the channels of one inner connection. */
public interface InnerChannels {
  /**
   * Why no new channel is opened at present, whatever the rule says; empty when channels may be
   * opened. Never waits.
   */
  Optional<Denial> whyNot();

  /**
   * A {@code session} (RFC 4254, section 6). On the inner connection's reading thread; never waits.
   *
   * @param ended called once, when neither the library nor the channel's own thread uses the
   *     channel any more
   */
  Channel newSession(Runnable ended);

  /**
   * A {@code direct-tcpip} (RFC 4254, section 7.2), which the rule allows in general. The
   * destination has not been decided on yet. As {@link #newSession}.
   */
  Channel newForward(Runnable ended);

  /** Ends the channels that would not be granted now, each with its reason. Never waits. */
  void reconsider();

  /**
   * The inner connection has ended, with or without channels. A channel that is made afterwards
   * must end at once. Called once, on the forward's own thread, which may wait here until the ends
   * of all channels are logged. After that the target's socket is closed and the forward's own end
   * is logged.
   */
  void ended() throws InterruptedException;
}
