package dev.sallyport.connection;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import dev.sallyport.policy.DecisionPoint;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the user of a client's connection may do now: the login must still stand, then the
 * restrictions of the login decide, then the rules in force, narrowed by the restrictions.
 */
final class ConnectionCaller implements Caller {
  private final ClientConnection connection;
  private final Current current;
  private final InstantSource clock;
  private final MemoryShare memory;

  /**
   * @param clock the clock for rules and restrictions
   */
  ConnectionCaller(
      ClientConnection connection, Current current, InstantSource clock, MemoryShare memory) {
    this.connection = connection;
    this.current = current;
    this.clock = clock;
    this.memory = memory;
  }

  @Override
  public AuditEvent.Connection connection() {
    return connection.facts();
  }

  @Override
  public User user() {
    return connection.identity().user();
  }

  @Override
  public MemoryShare memory() {
    return memory;
  }

  @Override
  public Decision decide(Act act, Target target) {
    Identity identity = connection.identity();
    Optional<Denial> forbidden = forbids(act);
    return forbidden.isPresent()
        ? new Decision.Denied(forbidden.get())
        : RestrictionEvaluator.narrow(
            identity, act, decisions().decide(identity.user(), source(), now(), target));
  }

  @Override
  public Decision decideAgain(Act act, Target target, InetAddress dialled) {
    Identity identity = connection.identity();
    Optional<Denial> forbidden = forbids(act);
    return forbidden.isPresent()
        ? new Decision.Denied(forbidden.get())
        : RestrictionEvaluator.narrow(
            identity,
            act,
            decisions().decideAgain(identity.user(), source(), now(), target, dialled));
  }

  @Override
  public Optional<Denial> forbids(Act act) {
    Optional<Denial> revoked = connection.revocation();
    return revoked.isPresent()
        ? revoked
        : RestrictionEvaluator.forbids(connection.identity(), source(), act, now());
  }

  @Override
  public Optional<String> forcedCommand() {
    return connection.identity().restrictions().command();
  }

  private InetAddress source() {
    return connection.facts().source().getAddress();
  }

  private Instant now() {
    return clock.instant();
  }

  private DecisionPoint decisions() {
    return current.get().decisions();
  }
}
