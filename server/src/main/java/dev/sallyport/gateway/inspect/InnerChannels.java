package dev.sallyport.gateway.inspect;

import dev.sallyport.model.Denial;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;

/** Makes the channels of one inner connection. */
public interface InnerChannels {
  /** Why nothing new begins now, whatever the rule says; empty when it may. Never waits. */
  Optional<Denial> whyNot();

  /**
   * A {@code session} (RFC 4254, section 6). On the inner connection's reading thread; never waits.
   *
   * @param ended to be called once when the channel's place is free: when both the library and who
   *     works for the channel are done with it
   */
  Channel newSession(Runnable ended);

  /**
   * A {@code direct-tcpip} (RFC 4254, section 7.2), which the rule allows to ask for; where to is
   * still to be decided. As {@link #newSession}.
   */
  Channel newForward(Runnable ended);

  /** Ends what is open and would not be granted now, each with its reason. Never waits. */
  void reconsider();

  /**
   * The inner connection is over, whether or not it ever had a channel; one that is made even now
   * must end at once. Called once, on the forward's own thread, which may wait here until all that
   * was open has told its end; the target's socket is closed after that, and then the forward tells
   * its own.
   */
  void ended() throws InterruptedException;
}
