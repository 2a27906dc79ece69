package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.forward.MemoryBudget;
import dev.sallyport.gateway.target.Targets;
import dev.sallyport.recording.Recordings;

/**
 * What every session uses; one for the process.
 *
 * @param dialling limits of time for reaching a target
 * @param paces how fast each user's doings are told
 */
record GatewayParts(
    Targets targets,
    Recordings recordings,
    AuditLog audit,
    MemoryBudget budget,
    ForwardSettings dialling,
    EventPaces paces) {}
