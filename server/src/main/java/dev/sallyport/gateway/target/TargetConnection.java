package dev.sallyport.gateway.target;

import java.util.Objects;
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

  /** The target's identification string (RFC 4253, section 4.2), as it came. */
  public String version() {
    return Objects.requireNonNullElse(session.getServerVersion(), "");
  }

  /**
   * Lets the target open channels of a type, {@code auth-agent@openssh.com} or {@code
   * forwarded-tcpip}; they are refused until then.
   */
  public void admit(ChannelFactory factory) {
    session.admit(factory);
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
