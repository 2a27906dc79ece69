package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The connection that a forward belongs to.
 *
 * @param connection for the audit log
 * @param user the user's name
 * @param decide resolves and decides; may wait, and is called on the forward's own thread
 * @param again evaluates a grant again, for the address that was dialled; never waits
 * @param memory the user's share of memory
 * @param inspection handles the forward when its rule demands a recorded session
 * @param ended called once when the forward has ended, opened or not: releases the channel's place
 */
public record ForwardContext(
    AuditEvent.Connection connection,
    String user,
    Function<Target, Decision> decide,
    BiFunction<Target, InetAddress, Decision> again,
    MemoryShare memory,
    Inspection inspection,
    Runnable ended) {}
