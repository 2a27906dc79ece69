package dev.sallyport.gateway.outbound;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.ChannelFactory;

/** The bastion's authenticated SSH connection to a target. For all threads. */
public final class TargetConnection implements AutoCloseable {
  private final TargetSession session;
  private final TargetBanner banner;
  private final CompletableFuture<String> ended;

  /**
   * @param shown the target, escaped
   * @param banner the banner that it sent before the login
   */
  TargetConnection(TargetSession session, String shown, TargetBanner banner) {
    this.session = session;
    this.banner = banner;
    this.ended =
        session.ended().thenApply(why -> "the connection to " + shown + " has ended: " + why);
  }

  /** The library's session, on which channels are opened. Writing to it waits for the target. */
  public ClientSession session() {
    return session;
  }

  /**
   * The banner that the target sent before the login, for the first session over the connection.
   */
  public TargetBanner banner() {
    return banner;
  }

  /**
   * Allows the target to open channels to the client's agent ({@code auth-agent@openssh.com}),
   * which are refused until then.
   */
  public void admitAgent(ChannelFactory factory) {
    session.admitAgent(factory);
  }

  /**
   * Completed with an escaped sentence that says why the connection ended, before its channels are
   * closed. Never completes exceptionally.
   */
  public CompletableFuture<String> ended() {
    return ended.copy();
  }

  /** The sentence of {@link #ended}, if the connection has ended. */
  public Optional<String> lost() {
    return ended.isDone() ? Optional.of(ended.join()) : Optional.empty();
  }

  /** As {@link #close}, with a reason for {@link #ended}. */
  public void end(String reason) {
    session.end(reason);
  }

  /** Ends the connection. Returns at once, also when the target does not read. */
  @Override
  public void close() {
    end("the bastion closed the connection");
  }
}
