package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.model.Act;
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
    boolean due = session.awaitTurn(TargetSession.EVENTS);
    if ((due || session.isStopping()) && link.enter()) {
      try {
        run(session, requests);
      } finally {
        // The connection may end with its last user.
        session.awaitShown();
        link.leave();
      }
    }
  }

  private void run(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException {
    InnerConnection inner = link.inner();
    SessionFacts facts = link.facts();
    if (session.isStopping()) {
      session.fail(facts, requests, Gateway.STOPPING);
      return;
    }
    // Asked again for each session: a key may have expired and a rule's hours may be over since the
    // forward was opened.
    Optional<String> denial =
        inner
            .caller()
            .whyNoMore(
                Act.FORWARD,
                facts.target(),
                facts.address().getAddress(),
                inner.terms(),
                Optional.of(facts.login()));
    if (denial.isPresent()) {
      session.fail(facts, requests, denial.get());
      return;
    }
    try {
      session.exitAs(
          new TargetSession(
                  parts,
                  inner.caller(),
                  Act.FORWARD,
                  session.channel(),
                  facts,
                  inner.terms(),
                  inner::endsBecause)
              .run(
                  link.logIn(facts, session.agent(requests)),
                  requests.withAgent(forTarget()),
                  Relay.ClientAfter.ENDS));
    } catch (SessionFailure e) {
      session.fail(facts, requests, e.sentence());
    }
  }
}
