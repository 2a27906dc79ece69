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
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * What the user of a client's connection may do now: the login must still stand, then the
 * restrictions of the login decide, then the rules in force, narrowed by the restrictions.
 */
final class ConnectionCaller implements Caller {
  private final ClientConnection connection;
  private final MemoryShare memory;

  ConnectionCaller(ClientConnection connection, MemoryShare memory) {
    this.connection = connection;
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
    if (forbidden.isPresent()) {
      return new Decision.Denied(forbidden.get());
    }
    Decision byRules =
        connection
            .services()
            .inForce()
            .decisions()
            .decide(identity.user(), source(), now(), target);
    return RestrictionEvaluator.narrow(identity, act, byRules);
  }

  @Override
  public Decision decideAgain(Act act, Target target, InetAddress dialled) {
    Identity identity = connection.identity();
    Optional<Denial> forbidden = forbids(act);
    if (forbidden.isPresent()) {
      return new Decision.Denied(forbidden.get());
    }
    Decision byRules =
        connection
            .services()
            .inForce()
            .decisions()
            .decideAgain(identity.user(), source(), now(), target, dialled);
    return RestrictionEvaluator.narrow(identity, act, byRules);
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
    return connection.services().clock().instant();
  }
}
