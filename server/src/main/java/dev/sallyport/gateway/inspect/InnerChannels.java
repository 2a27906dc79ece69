package dev.sallyport.gateway.inspect;

import org.apache.sshd.common.channel.Channel;

/** Makes the channels of inner connections. */
public interface InnerChannels {
  /**
   * A {@code session} (RFC 4254, section 6). On the inner connection's reading thread; never waits.
   *
   * @param ended to be called once when the channel's place is free: when both the library and who
   *     works for the channel are done with it
   */
  Channel newSession(InnerConnection connection, Runnable ended);

  /**
   * A {@code direct-tcpip} (RFC 4254, section 7.2), which the rule allows to ask for; where to is
   * still to be decided. As {@link #newSession}.
   */
  Channel newForward(InnerConnection connection, Runnable ended);

  /**
   * The inner connection is over, whether or not it ever had a channel. Once, on the forward's own
   * thread, which may wait here; the target's socket is closed after that.
   */
  void ended(InnerConnection connection) throws InterruptedException;
}
