package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.StillGranted;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Act;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The user and connection for which the gateway acts.
 *
 * @param connection the client's own, for the audit log
 * @param user who asks
 * @param rights what the client may do now
 * @param memory what the user, and targets on their behalf, may make the process keep
 */
public record Caller(
    AuditEvent.Connection connection, User user, Rights rights, MemoryShare memory) {
  /**
   * Why a grant no longer holds; empty while it holds.
   *
   * @param act the kind of grant: {@link Act#FORWARD} or {@link Act#SESSION}
   * @param target as it was asked for
   * @param dialled the address that was dialled
   * @param held the terms on which it began
   * @param login the login on the target, once it is known
   */
  public Optional<String> whyNoMore(
      Act act, Target target, InetAddress dialled, Terms held, Optional<String> login) {
    return StillGranted.whyNot(rights.again().decide(act, target, dialled), target, held, login);
  }
}
