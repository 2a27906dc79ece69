package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.FailureDelay;
import dev.sallyport.forward.Forwards;
import dev.sallyport.forward.Inspection;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.PublicKeyWork;
import java.time.InstantSource;

/**
 * Services that all connections share; one instance for the process.
 *
 * @param current the configuration in force, which a reload replaces
 * @param computing where key exchanges and signatures are computed
 * @param clock the clock for rules and restrictions
 */
record ConnectionServices(
    Current current,
    FailureDelay failureDelay,
    AuditLog audit,
    Strangers strangers,
    Forwards forwards,
    FrontGate gate,
    UserTable users,
    Inspection inspection,
    Gateway gateway,
    LiveConnections live,
    PublicKeyWork computing,
    InstantSource clock) {
  /** The configuration in force. */
  InForce inForce() {
    return current.get();
  }
}
