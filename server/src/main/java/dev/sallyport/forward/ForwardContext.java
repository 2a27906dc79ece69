package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a forward knows of the connection it belongs to.
 *
 * @param connection for the audit log
 * @param user who asks
 * @param decide resolves and decides; may wait, and is called on the forward's own thread
 * @param again decides on what was granted once more, on the address that was dialled; never waits
 * @param memory what the user may make the process keep
 * @param inspection where the forward goes when its rule demands a recorded session
 * @param ended called once when the forward is over, whether it ever opened or not: gives the
 *     channel's place back
 */
public record ForwardContext(
    AuditEvent.Connection connection,
    String user,
    Function<Target, Decision> decide,
    BiFunction<Target, InetAddress, Decision> again,
    MemoryShare memory,
    Inspection inspection,
    Runnable ended) {}
