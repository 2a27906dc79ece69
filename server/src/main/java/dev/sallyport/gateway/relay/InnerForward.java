package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.forward.ForwardWindow;
import dev.sallyport.forward.Refusal;
import dev.sallyport.gateway.Caller;
import dev.sallyport.gateway.inspect.InnerConnection;
import dev.sallyport.gateway.target.TargetConnection;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forward inside a recorded connection ({@code inner = [forward]}): goes out from the target, to
 * an address that the same rules allow as if it went out from the bastion. So inspection is no way
 * round the rules, and what the target dials is what was decided on: it is given an address and
 * never a name. The target's own loopback is the target, and is decided on as its address.
 */
final class InnerForward {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");

  private final Gateway gateway;
  private final InnerConnection inner;
  private final TargetLink link;
  private final RelayEnd client;
  private final AtomicInteger holders = new AtomicInteger(2);
  private final Runnable ended;
  private Target asked = new Target("", 0);

  InnerForward(Gateway gateway, InnerConnection inner, TargetLink link, Runnable ended) {
    this.gateway = gateway;
    this.inner = inner;
    this.link = link;
    this.ended = ended;
    this.client =
        new RelayEnd(false, gateway.parts().budget(), this::begin, this::letGo);
  }

  RelayEnd channel() {
    return client;
  }

  private void begin(RelayEnd opened) {
    // The originator's address that follows is the client's word only (RFC 4254, section 7.2).
    asked = new Target(opened.openArguments().getString(), opened.openArguments().getUInt());
    Thread.ofVirtual().name("inner-forward").start(this::live);
  }

  private void letGo() {
    if (holders.decrementAndGet() == 0) {
      ended.run();
    }
  }

  private void live() {
    AuditEvent.Forward forward =
        new AuditEvent.Forward(
            UUID.randomUUID().toString(), inner.caller().user().name(), asked);
    try {
      switch (inner.caller().decide().apply(decidedOn())) {
        case Decision.Denied(Denial denial) -> refuse(forward, denial);
        case Decision.Granted(Grant grant) -> join(forward, grant);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("the client or the target left an inner forward", e);
    } catch (RuntimeException e) {
      LOG.error("a forward to {} failed inside the bastion", asked.shown(), e);
      client.refuse(
          SshConstants.SSH_OPEN_CONNECT_FAILED, "the bastion failed; tell its operator");
    } finally {
      client.close(false);
      client.release();
      letGo();
    }
  }

  /** What the rules are asked: loopback on the target is the target. */
  private Target decidedOn() {
    boolean loopback =
        asked.host().equals("localhost")
            || Host.parse(asked.host()) instanceof Parsed.Valid<Host>(Host.Address literal)
                && literal.address().isLoopbackAddress();
    return loopback
        ? new Target(inner.dialled().candidate().address().getAddress().getHostAddress(), asked.port())
        : asked;
  }

  private void refuse(AuditEvent.Forward forward, Denial denial) throws InterruptedException {
    Caller caller = inner.caller();
    caller.pace().await();
    gateway
        .parts()
        .audit()
        .append(
            new AuditEvent.ForwardRefused(Instant.now(), caller.connection(), forward, denial));
    client.refuse(Refusal.code(denial.reason()), denial.text());
  }

  private void join(AuditEvent.Forward forward, Grant grant)
      throws IOException, InterruptedException {
    Grant.Candidate candidate = grant.candidates().getFirst();
    InetSocketAddress address = candidate.address();
    if (grant.terms() instanceof Terms.Session) {
      refuse(
          forward,
          new Denial(
              Denial.Reason.RESTRICTED,
              asked.shown()
                  + " is recorded by rule "
                  + candidate.rule()
                  + ": reach it with ssh -J through the bastion, not through another target"));
      return;
    }
    Optional<TargetConnection> connection = link.connected();
    if (connection.isEmpty()) {
      // Without a session nobody has logged in to the target, and nothing says who asks.
      connection = Optional.of(logIn(forward));
    }
    if (!gateway.parts().budget().reserve(ForwardWindow.FIRST)) {
      refuse(
          forward, new Denial(Denial.Reason.LIMIT, "the bastion's memory for forwards is used up"));
      return;
    }
    RelayEnd target = new RelayEnd(true, gateway.parts().budget(), end -> {}, () -> {});
    try {
      carry(forward, candidate, target, connection.get());
    } finally {
      target.close(false);
      target.release();
    }
  }
}
