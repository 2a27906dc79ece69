package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Pace;
import dev.sallyport.forward.StillGranted;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * On whose behalf the gateway acts.
 *
 * @param connection the client's own, for the audit log
 * @param user who asks
 * @param decide resolves and decides by the restrictions and the rules; may wait
 * @param again decides on what was granted once more, on the address that was dialled; never waits
 * @param pace waited for before a refusal or a failure is told: a loop must not fill the disk
 */
public record Caller(
    AuditEvent.Connection connection,
    User user,
    Function<Target, Decision> decide,
    BiFunction<Target, InetAddress, Decision> again,
    Pace pace) {
  /**
   * Why what was granted may not go on; empty while it may.
   *
   * @param target as it was asked for
   * @param dialled the address that was dialled
   * @param held the terms on which it began
   * @param login as whom on the target, once that is known
   */
  public Optional<String> whyNoMore(
      Target target, InetAddress dialled, Terms held, Optional<String> login) {
    return StillGranted.whyNot(again.apply(target, dialled), target, held, login);
  }
}
