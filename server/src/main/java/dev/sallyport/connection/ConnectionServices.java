package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.FailureDelay;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.ssh.LiveConnections;

/** What every connection uses; one for the process. */
record ConnectionServices(
    ConnectionSettings settings,
    Authenticator authenticator,
    FailureDelay failureDelay,
    DecisionPoint decisions,
    AuditLog audit,
    Strangers strangers,
    Forwards forwards,
    FrontGate gate,
    UserTable users,
    HostKeyRotation rotation,
    Inspector inspector,
    Gateway gateway,
    LiveConnections live) {}
