package dev.sallyport.gateway.target;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Terms;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;

/**
 * Who wants to log in where, as the rules allowed it.
 *
 * @param connection the client's, for audit events
 * @param session whose user, login and dialled address
 * @param requestedHost the host as the user wrote it; a host key may be known by it too
 * @param terms name the credential, and what the login is for
 * @param agent the agent that the client forwards, if it does; asked only when the credential needs
 *     it, and what it gave is closed when the login is over
 * @param banner takes what the target shows before the login
 * @param memory of the user, from which the connection to the target takes what it keeps
 */
public record TargetLogin(
    AuditEvent.Connection connection,
    SessionFacts session,
    String requestedHost,
    Terms.Session terms,
    Supplier<Optional<SshAgent>> agent,
    TargetBanner banner,
    MemoryShare memory) {}
