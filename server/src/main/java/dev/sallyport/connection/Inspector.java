package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.forward.Dialer;
import dev.sallyport.gateway.Caller;
import dev.sallyport.model.Terms;
import dev.sallyport.transport.Wire;

/** Handles forwards whose rule demands a recorded session. */
@FunctionalInterface
public interface Inspector {
  /**
   * Takes the target's place, and speaks SSH with the client. Runs on the forward's own thread
   * until the inner connection has ended.
   *
   * @return why it ended, for the audit log; escaped
   * @throws InterruptedException when the bastion stops
   */
  String inspect(
      Wire client,
      Dialer.Dialled dialled,
      AuditEvent.Forward forward,
      Terms.Session terms,
      Caller caller)
      throws InterruptedException;
}
