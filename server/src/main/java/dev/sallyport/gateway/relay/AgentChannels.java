package dev.sallyport.gateway.relay;

import dev.sallyport.forward.MemoryBudget;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets programs on a target ask the client's agent ({@code inner = [agent]}): each channel that the
 * target opens is joined to one that we open to the client (OpenSSH's PROTOCOL, {@code
 * auth-agent@openssh.com}).
 */
final class AgentChannels implements ChannelFactory {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Programs that ask at once; a target that opens more wants the client's memory and ours. */
  private static final int MOST = 16;

  private final Session client;
  private final MemoryBudget budget;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param client the connection whose agent it is
   */
  AgentChannels(Session client, MemoryBudget budget) {
    this.client = client;
    this.budget = budget;
  }

  @Override
  public String getName() {
    return ForwardedAgent.CHANNEL;
  }

  @Override
  public Channel createChannel(Session target) {
    RelayEnd[] end = new RelayEnd[1];
    end[0] =
        new RelayEnd(
            false,
            budget,
            nothing -> Thread.ofVirtual().name("agent").start(() -> join(end[0])),
            () -> {});
    return end[0];
  }

  private void join(RelayEnd target) {
    RelayEnd agent = new RelayEnd(true, budget, nothing -> {}, () -> {});
    try {
      if (open.incrementAndGet() > MOST) {
        target.refuse(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "too many ask the agent at once");
        return;
      }
      switch (agent.openOn(client, ForwardedAgent.CHANNEL, packet -> {})) {
        case RelayEnd.Opening.Opened() -> {
          target.confirm();
          new ChannelPair(target, agent).join();
        }
        case RelayEnd.Opening.Refused(int code, String text) -> target.refuse(code, text);
      }
    } catch (IOException e) {
      LOG.debug("the client left while its agent was asked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.decrementAndGet();
      target.close(false);
      agent.close(false);
      target.release();
      agent.release();
    }
  }
}
