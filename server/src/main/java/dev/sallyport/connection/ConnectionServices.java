package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.FailureDelay;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.PublicKeyWork;
import java.time.InstantSource;

/**
 * What every connection uses; one for the process.
 *
 * @param current what is in force; replaced by a reload
 * @param computing where key exchanges and signatures are computed
 * @param clock what time it is, for rules and rights
 */
record ConnectionServices(
    Current current,
    FailureDelay failureDelay,
    AuditLog audit,
    Strangers strangers,
    Forwards forwards,
    FrontGate gate,
    UserTable users,
    Inspector inspector,
    Gateway gateway,
    LiveConnections live,
    PublicKeyWork computing,
    InstantSource clock) {
  /** What is in force now. */
  InForce inForce() {
    return current.get();
  }
}
