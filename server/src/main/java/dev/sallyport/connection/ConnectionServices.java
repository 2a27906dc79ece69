package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.FailureDelay;
import dev.sallyport.forward.Forwards;
import dev.sallyport.gateway.relay.Gateway;
import dev.sallyport.ssh.LiveConnections;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What every connection uses; one for the process.
 *
 * @param current what is in force; replaced by a reload
 * @param clock what time it is, for rules and rights
 */
record ConnectionServices(
    AtomicReference<InForce> current,
    FailureDelay failureDelay,
    AuditLog audit,
    Strangers strangers,
    Forwards forwards,
    StartupGate gate,
    UserTable users,
    Inspector inspector,
    Gateway gateway,
    LiveConnections live,
    InstantSource clock) {
  /** What is in force now. */
  InForce inForce() {
    return current.get();
  }

  /** What is in force now, to be released when it has been used. */
  InForce use() {
    InForce found = inForce();
    while (!found.use()) {
      // Replaced between the two lines.
      found = inForce();
    }
    return found;
  }
}
