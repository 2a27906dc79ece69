package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.SessionEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.channel.ChannelPlace;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.model.Act;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets programs on a target ask the client's agent ({@code inner = [agent]}), where the library
 * would join them to an agent of the bastion's own: each channel that the target opens is joined to
 * one that we open to the client (OpenSSH's PROTOCOL, {@code auth-agent@openssh.com}). The audit
 * log records each channel before a byte passes, and its end. When several sessions share a login,
 * the target does not say which session a program belongs to, so the session that requested the
 * agent last is logged.
 */
final class AgentChannels implements ChannelFactory {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  /** Channels open at once. A target that opens more would use up the client's memory and ours. */
  private static final int MOST = 16;

  /** Opened, and closed. */
  private static final int EVENTS = 2;

  private final GatewayParts parts;
  private final Caller caller;
  private final Session client;
  private final SessionFacts facts;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param client the connection whose agent it is
   */
  AgentChannels(GatewayParts parts, Caller caller, Session client, SessionFacts facts) {
    this.parts = parts;
    this.caller = caller;
    this.client = client;
    this.facts = facts;
  }

  @Override
  public String getName() {
    return ForwardedAgent.CHANNEL;
  }

  @Override
  public Channel createChannel(Session target) {
    open.incrementAndGet();
    ChannelPlace place = new ChannelPlace(open::decrementAndGet);
    RelayEnd[] end = new RelayEnd[1];
    end[0] =
        new RelayEnd(
            false,
            caller.memory(),
            ForwardWindow.LARGEST,
            nothing -> begin(end[0], place),
            place::letGo);
    return end[0];
  }

  /**
   * Refuses on the thread that reads the target. A target that opens channels and does not read our
   * answers blocks only its own connection, and takes no further threads or memory.
   */
  private void begin(RelayEnd target, ChannelPlace place) {
    if (open.get() > MOST) {
      target.release();
      target.refuse(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "too many ask the agent at once");
      return;
    }
    place.hold();
    Thread.ofVirtual()
        .name("agent")
        .start(() -> {
          try {
            join(target);
          } finally {
            place.letGo();
          }
        });
  }

  private void join(RelayEnd target) {
    RelayEnd agent =
        new RelayEnd(true, caller.memory(), ForwardWindow.LARGEST, nothing -> {}, () -> {});
    try {
      if (!mayGoOn()) {
        target.refuse(
            SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "the agent is no longer forwarded");
        return;
      }
      if (!parts.audit().rate(caller.user().name()).await(EVENTS, target::isClosing)) {
        return;
      }
      switch (agent.openOn(client, ForwardedAgent.CHANNEL, packet -> {})) {
        case RelayEnd.Opening.Opened() -> carry(target, agent);
        case RelayEnd.Opening.Refused(int code, String text) -> target.refuse(code, text);
      }
    } catch (IOException e) {
      LOG.debug("the client left while its agent was asked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      target.release();
      agent.release();
      target.close(false);
      agent.close(false);
    }
  }

  /** Evaluated at each use: the key may lose this right while the session lasts. */
  private boolean mayGoOn() {
    return caller.forbids(Act.AGENT).isEmpty();
  }

  /** A pair of channels, for the periodic check of grants. */
  private final class Running implements Grants.Granted {
    private final RelayEnd target;
    private final RelayEnd agent;

    Running(RelayEnd target, RelayEnd agent) {
      this.target = target;
      this.agent = agent;
    }

    @Override
    public AuditEvent.Connection connection() {
      return caller.connection();
    }

    @Override
    public void reconsider() {
      if (!mayGoOn()) {
        Thread.ofVirtual()
            .name("revoke-agent")
            .start(() -> {
              target.close(false);
              agent.close(false);
            });
      }
    }
  }

  private void carry(RelayEnd target, RelayEnd agent) throws InterruptedException {
    String use = UUID.randomUUID().toString();
    Instant begin = Instant.now();
    try {
      parts.audit().commit(new SessionEvent.AgentOpened(begin, caller.connection(), facts, use));
    } catch (AuditUnavailableException e) {
      target.refuse(
          SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
          "the audit log cannot be written, so the agent is not asked; contact the bastion's"
              + " operator");
      return;
    }
    Running running = new Running(target, agent);
    parts.grants().began(running);
    ChannelPair pair = new ChannelPair(target, agent);
    try {
      target.confirm();
      pair.join();
    } finally {
      parts.grants().ended(running);
      parts
          .audit()
          .append(
              new SessionEvent.AgentClosed(
                  Instant.now(),
                  caller.connection(),
                  facts,
                  use,
                  Duration.between(begin, Instant.now()),
                  pair.bytesFromOne(),
                  pair.bytesFromOther()));
    }
  }
}
