package dev.sallyport.connection;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.gateway.prompt.PromptUser;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The connection protocol (RFC 4254): creates the channels, and refuses everything else with
 * messages that the user's client shows. On the thread that reads the connection.
 */
final class ChannelService extends ServerChannels {
  /**
   * Most requests for proofs of host keys. A client sends one, and an answer costs the bastion far
   * more than a request costs the client.
   */
  private static final int MOST_PROOFS = 8;

  private final ClientConnection connection;
  private final UserChannels userChannels;
  private final Current current;
  private final InstantSource clock;
  private final AuditLog audit;
  private final LiveConnections live;
  private final Caller caller;
  private int proofs;

  /**
   * @param clock the clock for rules and restrictions
   * @param live says whether the bastion is stopping
   */
  ChannelService(
      ClientConnection connection,
      UserChannels userChannels,
      Current current,
      InstantSource clock,
      AuditLog audit,
      LiveConnections live)
      throws IOException {
    super(
        connection,
        userChannels.memory(connection.identity().user().name()),
        connection.begunUnder().settings().limits().channelsPerConnection());
    this.connection = connection;
    this.userChannels = userChannels;
    this.current = current;
    this.clock = clock;
    this.audit = audit;
    this.live = live;
    this.caller = new ConnectionCaller(connection, current, clock, memory());
  }

  /** A forward evaluates the restrictions on its own thread, together with the rules. */
  @Override
  protected Optional<Denial> whyNot(String type) {
    if (live.isDraining()) {
      return Optional.of(Denial.STOPPING);
    }
    return switch (type) {
      case FORWARD -> Optional.empty();
      case SESSION -> caller.forbids(Act.SESSION);
      default -> Optional.of(new Denial(Denial.Reason.RESTRICTED, whyNoChannel(type)));
    };
  }

  /** The library's factories call this. */
  Channel newForward() {
    return userChannels.newForward(caller, place());
  }

  /** The library's factories call this. */
  Channel newSession() {
    return userChannels.newSession(caller, this::reach, place());
  }

  private PromptUser reach() {
    return Reach.of(
        connection.identity(),
        connection.facts().source().getAddress(),
        clock.instant(),
        current.get().decisions());
  }

  @Override
  protected boolean mayTellNow() {
    return audit.rate(connection.identity().user().name()).takeNow(1);
  }

  @Override
  protected void tell(String kind, String detail, String reason) {
    audit.append(
        new AuditEvent.RequestRefused(
            Instant.now(),
            connection.facts(),
            connection.identity().user().name(),
            kind,
            detail,
            reason));
  }

  @Override
  protected boolean answered(String name, Buffer request) throws Exception {
    return name.equals(HostKeyRotation.PROVE)
        && ++proofs <= MOST_PROOFS
        && connection.begunUnder().rotation().prove(connection, request);
  }
}
