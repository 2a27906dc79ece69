package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.forward.Descriptors;
import dev.sallyport.forward.DialRates;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.target.Targets;
import dev.sallyport.recording.Recordings;
import java.util.function.Supplier;

/**
 * What every session uses; one for the process.
 *
 * @param dialling limits of time for reaching a target, as they are now
 * @param descriptors of which every user has a share
 * @param dials how often every user may dial an address
 * @param grants what goes on because a rule granted it
 */
record GatewayParts(
    Targets targets,
    Recordings recordings,
    AuditLog audit,
    Supplier<ForwardSettings> dialling,
    Descriptors descriptors,
    DialRates dials,
    Grants grants) {}
