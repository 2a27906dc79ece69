package dev.sallyport.forward;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.model.Terms;

/**
 * Hands the client's bytes and the target's socket to the inspection, which speaks SSH with both.
 */
final class InspectedCarriage implements Carriage {
  /**
   * Memory of an inner connection besides the window while nothing is open in it, in bytes: its
   * state and read buffer (72 KiB), and the packet that is written to its client (33 KiB). It
   * reserves more itself, as any connection does.
   */
  static final int MEMORY = 108 * 1024;

  private final ForwardContext context;
  private final EndReason endReason;
  private final ForwardWire client;
  private final Dialer.Dialled dialled;
  private final AuditEvent.Forward facts;
  private final Terms.Session terms;

  InspectedCarriage(
      ForwardContext context,
      ClientEnd client,
      EndReason endReason,
      Dialer.Dialled dialled,
      AuditEvent.Forward facts,
      Terms.Session terms) {
    this.context = context;
    this.endReason = endReason;
    this.client =
        new ForwardWire(
            client, dialled.candidate().address(), context.caller().connection().source());
    this.dialled = dialled;
    this.facts = facts;
    this.terms = terms;
  }

  @Override
  public void carry() throws InterruptedException {
    try {
      endReason.because(
          context.inspection().inspect(client, dialled, facts, terms, context.caller()));
    } catch (RuntimeException e) {
      endReason.because("failed inside the bastion");
      throw e;
    } finally {
      // Data after the channel's close would end the client's whole connection.
      client.closeAndAwaitWriter();
    }
  }

  /** The inner connection reads the rest and then the end, and gives the reason. */
  @Override
  public void clientGone() {
    client.clientGone();
  }

  @Override
  public void cut() {
    client.close();
    Carriage.closeQuietly(dialled.socket());
  }

  /** Empty: the sessions inside are recorded, so the traffic need not be summarised. */
  @Override
  public TrafficSummary traffic() {
    return TrafficSummary.NONE;
  }
}
