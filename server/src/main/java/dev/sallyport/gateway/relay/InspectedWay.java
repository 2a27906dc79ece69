package dev.sallyport.gateway.relay;

import dev.sallyport.audit.SessionFacts;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.outbound.TargetConnection;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.common.SshConstants;

/**
 * One session inside an inspected forward: its target and login are those of the forward. The
 * target's channel is opened before the client's is confirmed. So a target that opens no more
 * sessions (sshd_config(5), {@code MaxSessions}) refuses the client's channel, and stock clients
 * make another connection. Where the login needs the agent, which comes with the first session's
 * requests, that session opens it later. All methods are called on the session's thread.
 */
final class InspectedWay implements Way {
  private static final int LONGEST_REFUSAL = 200;

  private final GatewayParts parts;
  private final TargetLink link;
  private boolean entered;

  /** The channel that {@link #begin} has opened. */
  private Optional<Prepared> prepared = Optional.empty();

  /** Why {@link #begin} has opened nothing. The user reads it when the session starts. */
  private Optional<String> failure = Optional.empty();

  private record Prepared(SessionFacts facts, TargetConnection connection, TargetSession session) {}

  InspectedWay(GatewayParts parts, TargetLink link) {
    this.parts = parts;
    this.link = link;
  }

  /** The agent may be needed for the login (the rule's credential) or by programs on the target. */
  @Override
  public boolean allowsAgent() {
    return (forTarget() || needsAgent()) && link.inner().caller().forbids(Act.AGENT).isEmpty();
  }

  private boolean needsAgent() {
    return parts.targets().needsAgent(link.inner().terms());
  }

  private boolean forTarget() {
    return link.inner().terms().inner().contains(Terms.Inner.AGENT);
  }

  @Override
  public int largestWindow() {
    return ForwardWindow.LARGEST_INSIDE;
  }

  @Override
  public Optional<Denial> whyNoTerminal() {
    return link.inner().caller().forbids(Act.TERMINAL);
  }

  // ---- begin ----

  @Override
  public Optional<RelayEnd.Opening.Refused> begin(SessionClient session)
      throws InterruptedException {
    boolean due = session.awaitTurn(TargetSession.EVENTS);
    entered = (due || session.isStopping()) && link.enter();
    if (!entered) {
      return Optional.of(
          new RelayEnd.Opening.Refused(
              SshConstants.SSH_OPEN_CONNECT_FAILED, "the connection to the target has ended"));
    }
    if (needsAgent() && !link.isLoggedIn()) {
      return Optional.empty();
    }
    SessionFacts facts = link.facts();
    try {
      return open(session, facts, Optional::empty);
    } catch (SessionFailure e) {
      session.failed(facts, e.sentence());
      failure = Optional.of(e.sentence());
      return Optional.empty();
    }
  }

  /** Logs in if no session has before, and opens the channel. */
  private Optional<RelayEnd.Opening.Refused> open(
      SessionClient session, SessionFacts facts, Supplier<Optional<SshAgent>> agent)
      throws SessionFailure, InterruptedException {
    refuseIfNoMoreAllowed(session, facts);
    TargetConnection connection = link.logIn(facts, agent);
    TargetSession target =
        new TargetSession(
            parts,
            link.inner().caller(),
            Act.FORWARD,
            session.channel(),
            facts,
            link.inner().terms(),
            link.inner()::endsBecause);
    return switch (target.open(connection)) {
      case RelayEnd.Opening.Opened() -> {
        prepared = Optional.of(new Prepared(facts, connection, target));
        yield Optional.empty();
      }
      case RelayEnd.Opening.Refused(int code, String text) -> {
        session.failed(facts, target.refusal(text));
        yield Optional.of(
            new RelayEnd.Opening.Refused(code, SafeText.escape(text, LONGEST_REFUSAL)));
      }
    };
  }

  /**
   * Evaluated for each session: since the forward was opened, a key may have expired or a rule's
   * hours may have ended.
   */
  private void refuseIfNoMoreAllowed(SessionClient session, SessionFacts facts)
      throws SessionFailure {
    if (session.isStopping()) {
      throw new SessionFailure(Denial.STOPPING.text());
    }
    InnerConnection inner = link.inner();
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
      throw new SessionFailure(denial.get());
    }
  }

  // ---- serve ----

  @Override
  public void serve(SessionClient session, SessionRequests requests)
      throws IOException, InterruptedException {
    if (failure.isPresent()) {
      session.showFirst(link.banner());
      session.refuse(requests, failure.get());
      return;
    }
    SessionFacts facts = prepared.map(Prepared::facts).orElseGet(link::facts);
    try {
      if (prepared.isPresent()) {
        refuseIfNoMoreAllowed(session, facts);
      } else {
        Optional<RelayEnd.Opening.Refused> no = open(session, facts, session.agent(requests));
        if (no.isPresent()) {
          session.refuse(requests, "the target opens no session: " + no.get().text());
          return;
        }
      }
      Prepared over = prepared.orElseThrow();
      session.exitAs(
          over.session()
              .run(over.connection(), requests.withAgent(forTarget()), Relay.ClientAfter.ENDS));
    } catch (SessionFailure e) {
      session.showFirst(link.banner());
      session.fail(facts, requests, e.sentence());
    }
  }

  @Override
  public void end(SessionClient session) {
    prepared.ifPresent(one -> one.session().abandon());
    if (entered) {
      // The connection may end with its last session.
      session.awaitShown();
      link.leave();
    }
  }
}
