package dev.sallyport.gateway.target;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.ChannelFactory;

/** The bastion's SSH connection to a target, logged in. For all threads. */
public final class TargetConnection implements AutoCloseable {
  private final TargetSession session;
  private final TargetBanner banner;
  private final CompletableFuture<String> ended;

  /**
   * @param shown the target, fit to be shown
   * @param banner what it showed before the login
   */
  TargetConnection(TargetSession session, String shown, TargetBanner banner) {
    this.session = session;
    this.banner = banner;
    this.ended =
        session.ended().thenApply(why -> "the connection to " + shown + " has ended: " + why);
  }

  /** The library's session, to open channels on. Who writes to it waits for the target. */
  public ClientSession session() {
    return session;
  }

  /** What the target showed before the login, for the first session over the connection. */
  public TargetBanner banner() {
    return banner;
  }

  /**
   * Lets the target open channels to the client's agent, {@code auth-agent@openssh.com}, from now
   * on by this factory; they are refused until then.
   */
  public void admitAgent(ChannelFactory factory) {
    session.admitAgent(factory);
  }

  /**
   * Completed when the connection has ended, before its channels are closed, with a sentence that
   * says so and why; fit to be shown. Never fails.
   */
  public CompletableFuture<String> ended() {
    return ended.copy();
  }

  /** What {@link #ended} says, if it has ended. */
  public Optional<String> lost() {
    return ended.isDone() ? Optional.of(ended.join()) : Optional.empty();
  }

  /** As {@link #close}, for a reason that {@link #ended} says. */
  public void end(String reason) {
    session.end(reason);
  }

  /** Ends the connection. Returns at once; a target that does not read is not waited for. */
  @Override
  public void close() {
    end("the bastion closed the connection");
  }
}
