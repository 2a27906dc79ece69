package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.inspect.InnerChannels;
import dev.sallyport.model.Denial;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;

/**
 * The channels of one inner connection: sessions and forwards over its connection to the target.
 *
 * @param whenEnded called once, when the inner connection has ended
 */
record InspectedChannels(GatewayParts parts, Sessions sessions, TargetLink link, Runnable whenEnded)
    implements InnerChannels {
  /**
   * How long the end of a forward waits until the ends of its sessions are logged, in case the disk
   * hangs.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  @Override
  public Optional<Denial> whyNot() {
    return parts.stopping().hasBegun() ? Optional.of(Denial.STOPPING) : Optional.empty();
  }

  @Override
  public Channel newSession(Runnable ended) {
    return sessions.open(link.inner().caller(), new InspectedWay(parts, link), ended).channel();
  }

  @Override
  public Channel newForward(Runnable ended) {
    return new InnerForward(parts, link, ended).channel();
  }

  @Override
  public void reconsider() {
    parts.grants().reconsider(link.inner().caller().connection());
  }

  @Override
  public void ended() throws InterruptedException {
    whenEnded.run();
    link.close();
    link.awaitNobody(LAST_WORDS);
  }
}
