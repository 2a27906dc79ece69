package dev.sallyport.gateway.outbound;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.memory.MemoryShare;
import dev.sallyport.model.Terms;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;

/**
 * A login to a target that the rules have allowed.
 *
 * @param connection the client's, for audit events
 * @param session the user, the login and the dialled address
 * @param requestedHost the host as the user wrote it, by which a host key may be known too
 * @param terms the credential, and what the login may be used for
 * @param agent the agent that the client forwards, if any; called only when the credential needs
 *     it, and closed when the login ends
 * @param banner receives the banner that the target sends before the login
 * @param memory the user's share, from which the connection reserves its memory
 */
public record TargetLogin(
    AuditEvent.Connection connection,
    SessionFacts session,
    String requestedHost,
    Terms.Session terms,
    Supplier<Optional<SshAgent>> agent,
    TargetBanner banner,
    MemoryShare memory) {}
