package dev.sallyport.connection;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Forward;
import dev.sallyport.forward.ForwardContext;
import dev.sallyport.forward.ForwardRequest;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.time.Instant;
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
  private final Caller caller;
  private int proofs;

  ChannelService(ClientConnection connection) throws IOException {
    super(
        connection,
        connection.services().forwards().memory(connection.identity().user().name()),
        connection.begunUnder().settings().limits().channelsPerConnection());
    this.connection = connection;
    this.caller = new ConnectionCaller(connection, memory());
  }

  /** A forward evaluates the restrictions on its own thread, together with the rules. */
  @Override
  protected Optional<Denial> whyNot(String type) {
    if (connection.services().live().isDraining()) {
      return Optional.of(new Denial(Denial.Reason.LIMIT, "the bastion is stopping"));
    }
    return switch (type) {
      case FORWARD -> Optional.empty();
      case SESSION -> caller.forbids(Act.SESSION);
      default -> Optional.of(new Denial(Denial.Reason.RESTRICTED, whyNoChannel(type)));
    };
  }

  /** The library's factories call this. */
  Channel newForward() {
    return connection.services().forwards().newChannel(forwardContext(place()));
  }

  Channel newSession() {
    return connection
        .services()
        .gateway()
        .newSession(caller, () -> Reach.of(connection), this::forwardOf, place());
  }

  /** A forward that a session asks for, in the place of the session. */
  private Forward forwardOf(ForwardRequest session) {
    return connection.services().forwards().newForward(forwardContext(() -> {}), session);
  }

  private ForwardContext forwardContext(Runnable ended) {
    return new ForwardContext(caller, connection.services().inspection(), ended);
  }

  @Override
  protected boolean mayTellNow() {
    return connection.services().audit().rate(connection.identity().user().name()).takeNow(1);
  }

  @Override
  protected void tell(String kind, String detail, String reason) {
    connection
        .services()
        .audit()
        .append(
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
