package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.forward.Forward;
import dev.sallyport.forward.ForwardContext;
import dev.sallyport.forward.ForwardRequest;
import dev.sallyport.gateway.Caller;
import dev.sallyport.gateway.Rights;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import dev.sallyport.ssh.ServerChannels;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;
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
  private int proofs;

  ChannelService(ClientConnection connection) throws IOException {
    super(
        connection,
        connection.services().forwards().memory(connection.identity().user().name()),
        connection.begunUnder().settings().limits().channelsPerConnection());
    this.connection = connection;
  }

  /** A forward evaluates the restrictions on its own thread, together with the rules. */
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

  /** Called by the library's channel factories. */
  Channel newForward() {
    return connection.services().forwards().newChannel(forwardContext(place()));
  }

  Channel newSession() {
    return connection
        .services()
        .gateway()
        .newSession(caller(), () -> Reach.of(connection), this::forwardOf, place());
  }

  /** A forward that a session asks for, whose place the session holds. */
  private Forward forwardOf(ForwardRequest session) {
    return connection.services().forwards().newForward(forwardContext(() -> {}), session);
  }

  private ForwardContext forwardContext(Runnable ended) {
    Caller caller = caller();
    return new ForwardContext(
        connection.facts(),
        connection.identity().user().name(),
        target -> decide(Act.FORWARD, target),
        (target, dialled) -> decideAgain(Act.FORWARD, target, dialled),
        memory(),
        (client, dialled, forward, terms) ->
            connection.services().inspector().inspect(client, dialled, forward, terms, caller),
        ended);
  }

  private Caller caller() {
    return new Caller(
        connection.facts(),
        connection.identity().user(),
        new Rights(
            this::decide,
            this::decideAgain,
            this::forbids,
            () -> connection.identity().restrictions().command()),
        memory());
  }

  /**
   * Evaluates the restrictions first, then the rules. On the forward's thread; waits for names to
   * be resolved.
   */
  private Decision decide(Act act, Target target) {
    return narrowed(
        act,
        (identity, now) ->
            connection
                .services()
                .inForce()
                .decisions()
                .decide(identity.user(), connection.facts().source().getAddress(), now, target));
  }

  /**
   * The same for an open forward or session, with the address that was dialled. Any thread; never
   * waits.
   */
  private Decision decideAgain(Act act, Target target, InetAddress dialled) {
    return narrowed(
        act,
        (identity, now) ->
            connection
                .services()
                .inForce()
                .decisions()
                .decideAgain(
                    identity.user(),
                    connection.facts().source().getAddress(),
                    now,
                    target,
                    dialled));
  }

  private Decision narrowed(Act act, BiFunction<Identity, Instant, Decision> rules) {
    Identity identity = connection.identity();
    return forbids(act)
        .<Decision>map(Decision.Denied::new)
        .orElseGet(() ->
            RestrictionEvaluator.narrow(
                identity, act, rules.apply(identity, connection.services().clock().instant())));
  }

  private Optional<Denial> forbids(Act act) {
    return connection
        .revocation()
        .or(() ->
            RestrictionEvaluator.forbids(
                connection.identity(),
                connection.facts().source().getAddress(),
                act,
                connection.services().clock().instant()));
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
