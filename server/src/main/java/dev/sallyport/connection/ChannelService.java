package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.forward.ForwardContext;
import dev.sallyport.gateway.Caller;
import dev.sallyport.gateway.Rights;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The connection protocol (RFC 4254): sends each channel to its room and refuses everything else in
 * words that the user's client shows. On the connection's reading thread.
 */
final class ChannelService extends ServerChannels {
  /** A client asks once; each answer costs us far more than it costs the client to ask. */
  private static final int MOST_PROOFS = 8;

  private final ClientConnection connection;
  private int proofs;

  ChannelService(ClientConnection connection) throws IOException {
    super(connection, connection.services().settings().limits().channelsPerConnection());
    this.connection = connection;
  }

  /** A forward asks the restrictions on its own thread, with what else there is to decide. */
  @Override
  protected Optional<Denial> whyNot(String type) {
    if (connection.services().live().isDraining()) {
      return Optional.of(new Denial(Denial.Reason.LIMIT, "the bastion is stopping"));
    }
    return switch (type) {
      case FORWARD -> Optional.empty();
      case SESSION -> forbids(Act.SESSION);
      default -> Optional.of(new Denial(Denial.Reason.RESTRICTED, whyNoChannel(type)));
    };
  }

  /** The library's factories come here. */
  Channel newForward() {
    Caller caller = caller();
    return connection
        .services()
        .forwards()
        .newChannel(
            new ForwardContext(
                connection.facts(),
                connection.identity().user().name(),
                target -> decide(Act.FORWARD, target),
                connection.pace(),
                (client, dialled, forward, terms) ->
                    connection
                        .services()
                        .inspector()
                        .inspect(client, dialled, forward, terms, caller),
                this::channelEnded));
  }

  Channel newSession() {
    return connection
        .services()
        .gateway()
        .newSession(caller(), Reach.of(connection), this::channelEnded);
  }

  private Caller caller() {
    return new Caller(
        connection.facts(),
        connection.identity().user(),
        new Rights(
            this::decide, this::forbids, () -> connection.identity().restrictions().command()),
        connection.pace());
  }

  private Optional<Denial> forbids(Act act) {
    return RestrictionEvaluator.forbids(
        connection.identity(), connection.facts().source().getAddress(), act, Instant.now());
  }

  /** Restrictions first, then the rules, narrowed. On the forward's thread; waits for names. */
  private Decision decide(Act act, Target target) {
    Identity identity = connection.identity();
    return forbids(act)
        .<Decision>map(Decision.Denied::new)
        .orElseGet(() ->
            RestrictionEvaluator.narrow(
                identity,
                act,
                connection
                    .services()
                    .decisions()
                    .decide(
                        identity.user(),
                        connection.facts().source().getAddress(),
                        Instant.now(),
                        target)));
  }

  @Override
  protected boolean mayTellNow() {
    return connection.pace().takeNow();
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
        && connection.services().rotation().prove(connection, request);
  }
}
