package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.gateway.target.TargetLogin;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.util.UUID;

/** A session inside an inspected forward: its target and login are the forward's. */
record InspectedWay(GatewayParts parts, InnerConnection inner, TargetLink link) implements Way {
  static final String NAME = "inspected-forward";

  /** For the rule's credential as well as for programs on the target. */
  @Override
  public boolean allowsAgent() {
    return inner.terms().inner().contains(Terms.Inner.AGENT)
        || parts.targets().needsAgent(inner.terms());
  }

  @Override
  public void serve(GatewaySession session, SessionRequests requests)
      throws IOException, InterruptedException {
    SessionFacts facts =
        new SessionFacts(
            UUID.randomUUID().toString(),
            inner.caller().user().name(),
            inner.forward().target(),
            inner.dialled().candidate().address(),
            inner.login(),
            inner.dialled().candidate().rule(),
            NAME);
    try {
      TargetConnection connection =
          link.logIn(
              new TargetLogin(
                  inner.caller().connection(),
                  facts,
                  inner.forward().target().host(),
                  inner.terms(),
                  session.agent(requests)));
      session.exitAs(
          new TargetSession(parts, inner.caller(), session.channel(), facts, inner.terms())
              .run(
                  connection,
                  requests.withAgent(inner.terms().inner().contains(Terms.Inner.AGENT)),
                  Relay.ClientAfter.ENDS));
    } catch (SessionFailure e) {
      session.fail(facts, requests, e.sentence());
    }
  }
}
