package dev.sallyport.gateway.target;

import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.ChannelFactory;

/** The bastion's SSH connection to a target, logged in. For all threads. */
public final class TargetConnection implements AutoCloseable {
  private final TargetSession session;

  TargetConnection(TargetSession session) {
    this.session = session;
  }

  /** The library's session, to open channels on. Who writes to it waits for the target. */
  public ClientSession session() {
    return session;
  }

  /**
   * Lets the target open channels to the client's agent, {@code auth-agent@openssh.com}, from now
   * on by this factory; they are refused until then.
   */
  public void admitAgent(ChannelFactory factory) {
    session.admitAgent(factory);
  }

  /** Completed when the connection has ended, with why; fit to be shown. Never fails. */
  public CompletableFuture<String> ended() {
    return session.ended().copy();
  }

  /** Ends the connection. Returns at once; a target that does not read is not waited for. */
  @Override
  public void close() {
    session.end("the bastion closed the connection");
  }
}
