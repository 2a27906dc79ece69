package dev.sallyport.access;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/**
 * A user called alice, without restrictions, to whom the rules always give the same answers.
 *
 * @param first to what is asked for
 * @param again to what is live
 */
public record TestCaller(
    AuditEvent.Connection connection, MemoryShare memory, Decision first, Decision again)
    implements Caller {
  @Override
  public User user() {
    return new User("alice", Set.of());
  }

  @Override
  public Decision decide(Act act, Target target) {
    return first;
  }

  @Override
  public Decision decideAgain(Act act, Target target, InetAddress dialled) {
    return again;
  }

  @Override
  public Optional<Denial> forbids(Act act) {
    return Optional.empty();
  }

  @Override
  public Optional<String> forcedCommand() {
    return Optional.empty();
  }
}
