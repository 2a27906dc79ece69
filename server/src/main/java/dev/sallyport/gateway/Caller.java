package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Pace;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import java.util.function.Function;

/**
 * On whose behalf the gateway acts.
 *
 * @param connection the client's own, for the audit log
 * @param user who asks
 * @param decide resolves and decides by the restrictions and the rules; may wait
 * @param pace waited for before a refusal or a failure is told: a loop must not fill the disk
 */
public record Caller(
    AuditEvent.Connection connection, User user, Function<Target, Decision> decide, Pace pace) {}
