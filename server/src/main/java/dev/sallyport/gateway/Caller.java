package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Pace;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import java.util.function.Function;

/**
 * Whose session it is.
 *
 * @param connection for the audit log
 * @param decide resolves and decides; may wait
 * @param pace waited for before a refusal or a failure is told: a loop must not fill the disk
 */
public record Caller(
    AuditEvent.Connection connection,
    User user,
    Function<Target, Decision> decide,
    Pace pace) {}
