package dev.sallyport.gateway.relay;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.outbound.Targets;
import dev.sallyport.recording.Recordings;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Services that all sessions share; one instance for the process.
 *
 * @param dialling the current time limits for reaching a target
 * @param descriptors of which every user has a share
 * @param dials how often every user may dial an address
 * @param grants all grants that are in use
 * @param stopping whether anything new may begin
 */
record GatewayParts(
    Targets targets,
    Recordings recordings,
    AuditLog audit,
    Supplier<ForwardSettings> dialling,
    Descriptors descriptors,
    DialRates dials,
    Grants grants,
    Stopping stopping) {
  /** Logs a refusal. The event must have been paid for. */
  void refused(Caller caller, String request, String detail, String reason) {
    audit.append(
        new AuditEvent.RequestRefused(
            Instant.now(), caller.connection(), caller.user().name(), request, detail, reason));
  }
}
