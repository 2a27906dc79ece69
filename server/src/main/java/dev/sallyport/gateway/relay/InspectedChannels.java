package dev.sallyport.gateway.relay;

import dev.sallyport.gateway.inspect.InnerChannels;
import dev.sallyport.model.Denial;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;

/**
 * The channels of one inner connection: sessions and forwards over its connection to the target.
 */
record InspectedChannels(Gateway gateway, TargetLink link) implements InnerChannels {
  /**
   * How long the end of a forward waits until the ends of its sessions are logged, in case the disk
   * hangs.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  @Override
  public Optional<Denial> whyNot() {
    return gateway.isDraining()
        ? Optional.of(new Denial(Denial.Reason.LIMIT, Gateway.STOPPING))
        : Optional.empty();
  }

  @Override
  public Channel newSession(Runnable ended) {
    return gateway.session(link.inner().caller(), new InspectedWay(gateway.parts(), link), ended);
  }

  @Override
  public Channel newForward(Runnable ended) {
    return new InnerForward(gateway, link, ended).channel();
  }

  @Override
  public void reconsider() {
    gateway.reconsider(link.inner().caller().connection());
  }

  @Override
  public void ended() throws InterruptedException {
    gateway.ended(link);
    link.close();
    link.awaitNobody(LAST_WORDS);
  }
}
