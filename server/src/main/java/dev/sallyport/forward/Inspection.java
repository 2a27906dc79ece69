package dev.sallyport.forward;

import dev.sallyport.access.Caller;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.model.Terms;
import dev.sallyport.transport.Wire;

/** Handles forwards whose rule demands a recorded session. */
public interface Inspection {
  /**
   * Takes the target's place, and speaks SSH with the client. Runs on the forward's own thread
   * until the inner connection has ended.
   *
   * @param client the client's bytes; closed with the forward
   * @param dialled the target; its socket is closed with the forward
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
