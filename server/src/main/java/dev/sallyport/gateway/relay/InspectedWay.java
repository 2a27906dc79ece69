package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.util.Optional;

/** A session inside an inspected forward: its target and login are the forward's. */
record InspectedWay(GatewayParts parts, TargetLink link) implements Way {
  /** For the rule's credential as well as for programs on the target. */
  @Override
  public boolean allowsAgent() {
    return (forTarget() || parts.targets().needsAgent(link.inner().terms()))
        && link.inner().caller().rights().forbids().apply(Act.AGENT).isEmpty();
  }

  private boolean forTarget() {
    return link.inner().terms().inner().contains(Terms.Inner.AGENT);
  }

  @Override
  public Optional<Denial> whyNoTerminal() {
    return link.inner().caller().rights().forbids().apply(Act.TERMINAL);
  }

  @Override
  public void serve(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException {
    InnerConnection inner = link.inner();
    SessionFacts facts = link.facts();
    // Asked again for each session: a key may have expired and a rule's hours may be over since the
    // forward was opened.
    if (inner.caller().rights().decide().apply(Act.FORWARD, inner.forward().target())
        instanceof Decision.Denied(Denial denial)) {
      session.fail(facts, requests, denial.text());
      return;
    }
    try {
      session.exitAs(
          new TargetSession(parts, inner.caller(), session.channel(), facts, inner.terms())
              .run(
                  link.logIn(facts, session.agent(requests)),
                  requests.withAgent(forTarget()),
                  Relay.ClientAfter.ENDS));
    } catch (SessionFailure e) {
      session.fail(facts, requests, e.sentence());
    }
  }
}
