package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Pace;
import dev.sallyport.model.User;

/**
 * On whose behalf the gateway acts.
 *
 * @param connection the client's own, for the audit log
 * @param user who asks
 * @param rights what the client may do now
 * @param pace waited for before a refusal or a failure is told: a loop must not fill the disk
 */
public record Caller(AuditEvent.Connection connection, User user, Rights rights, Pace pace) {}
