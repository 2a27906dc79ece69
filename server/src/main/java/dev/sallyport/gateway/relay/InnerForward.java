package dev.sallyport.gateway.relay;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditUnavailableException;
import dev.sallyport.channel.ChannelPlace;
import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.channel.Refusal;
import dev.sallyport.forward.ForwardRecord;
import dev.sallyport.forward.Remark;
import dev.sallyport.forward.Summaries;
import dev.sallyport.gateway.outbound.TargetConnection;
import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.recording.traffic.TrafficObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forward inside a recorded connection ({@code inner = [forward]}): the target dials it, and the
 * same rules apply as if the bastion did. So users cannot get around the rules through a recorded
 * connection. The target is given the address that was decided on, and never a name. A loopback
 * address of the target is decided on as the target's own address.
 */
final class InnerForward {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.gateway");
  private static final InetAddress LOCALHOST = InetAddress.ofLiteral("127.0.0.1");

  private final GatewayParts parts;
  private final TargetLink link;
  private final RelayEnd client;

  private final ChannelPlace place;

  InnerForward(GatewayParts parts, TargetLink link, Runnable ended) {
    this.parts = parts;
    this.link = link;
    this.place = new ChannelPlace(ended);
    this.client =
        new RelayEnd(
            false,
            link.inner().caller().memory(),
            ForwardWindow.LARGEST_INSIDE,
            this::begin,
            place::letGo);
  }

  RelayEnd channel() {
    return client;
  }

  private void begin(Buffer arguments) {
    // The originator's address follows (RFC 4254, section 7.2). Only the client vouches for it.
    Target asked = new Target(arguments.getString(), arguments.getUInt());
    place.hold();
    Thread.ofVirtual().name("inner-forward").start(() -> live(asked));
  }

  private void live(Target asked) {
    ForwardRecord record = new ForwardRecord(parts.audit(), link.inner().caller(), asked);
    try {
      if (record.awaitTurn(client::isClosing)) {
        decide(record);
      } else if (parts.stopping().hasBegun()) {
        refuse(record, Denial.STOPPING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("a forward to {} failed inside the bastion", asked.shown(), e);
      client.refuse(
          SshConstants.SSH_OPEN_CONNECT_FAILED, "the bastion failed; contact its operator");
    } finally {
      client.close(false);
      client.release();
      place.letGo();
    }
  }

  private void decide(ForwardRecord record) throws InterruptedException {
    if (!link.enter()) {
      return;
    }
    try {
      switch (link.inner().caller().decide(Act.FORWARD, decidedOn(record.facts().target()))) {
        case Decision.Denied(Denial denial) -> refuse(record, denial);
        case Decision.Granted(Grant grant) -> join(record, grant);
      }
    } finally {
      client.close(false);
      link.leave();
    }
  }

  /** The forward while it is open, for the periodic check of grants. */
  private final class Running implements Grants.Granted {
    private final Target asked;
    private final Grant.Candidate candidate;
    private final RelayEnd target;
    private final AtomicReference<@Nullable String> revoked = new AtomicReference<>();

    Running(Target asked, Grant.Candidate candidate, RelayEnd target) {
      this.asked = asked;
      this.candidate = candidate;
      this.target = target;
    }

    @Override
    public AuditEvent.Connection connection() {
      return link.inner().caller().connection();
    }

    @Override
    public void reconsider() {
      link.inner()
          .caller()
          .whyNoMore(
              Act.FORWARD,
              decidedOn(asked),
              candidate.address().getAddress(),
              Terms.METADATA,
              Optional.empty())
          .ifPresent(this::revoke);
    }

    private void revoke(String why) {
      if (revoked.compareAndSet(null, why)) {
        Thread.ofVirtual().name("revoke-inner-forward").start(() -> end(why));
      }
    }

    /** Closes the target's end first, so that nothing passes while the client is informed. */
    private void end(String why) {
      target.close(false);
      try {
        Remark.send(client.getSession(), "a forward ends: " + why);
      } catch (IOException e) {
        LOG.debug("the client left before it heard why", e);
      }
      client.close(false);
    }

    Optional<String> revoked() {
      return Optional.ofNullable(revoked.get());
    }
  }

  /** The target for the rules: a loopback address is replaced by the target's own address. */
  private Target decidedOn(Target asked) {
    return loopback(asked).isPresent()
        ? new Target(
            link.inner().dialled().candidate().address().getAddress().getHostAddress(),
            asked.port())
        : asked;
  }

  /** The loopback address that was asked for, which need not be 127.0.0.1. */
  private static Optional<InetAddress> loopback(Target asked) {
    if (asked.host().equals("localhost")) {
      return Optional.of(LOCALHOST);
    }
    return Host.parse(asked.host()) instanceof Parsed.Valid<Host>(Host.Address literal)
            && literal.address().isLoopbackAddress()
        ? Optional.of(literal.address())
        : Optional.empty();
  }

  private void refuse(ForwardRecord record, Denial denial) {
    record.refused(denial);
    client.refuse(Refusal.code(denial.reason()), denial.text());
  }

  private void join(ForwardRecord record, Grant grant) throws InterruptedException {
    Grant.Candidate candidate = grant.candidates().getFirst();
    if (grant.terms() instanceof Terms.Session) {
      refuse(
          record,
          new Denial(
              Denial.Reason.RESTRICTED,
              record.facts().target().shown()
                  + " is recorded by rule "
                  + candidate.rule()
                  + ": reach it through the bastion itself"));
      return;
    }
    if (parts.targets().needsAgent(link.inner().terms()) && !link.isLoggedIn()) {
      // A failed login fails for all later sessions, and here it would fail because the agent comes
      // only with the first session.
      failed(record, candidate, "log in first: the agent comes with the first session");
      return;
    }
    RelayEnd target =
        new RelayEnd(
            true, link.inner().caller().memory(), ForwardWindow.LARGEST, nothing -> {}, () -> {});
    try {
      // When no session came before, this logs in to the target.
      TargetConnection connection = link.logIn(link.facts(), Optional::empty);
      RelayEnd.Opening opening =
          target.openOn(
              connection.session(),
              "direct-tcpip",
              packet -> putArguments(packet, record.facts().target(), candidate.address()));
      switch (opening) {
        case RelayEnd.Opening.Opened() -> carry(record, candidate, target);
        case RelayEnd.Opening.Refused(int code, String text) ->
            failed(record, candidate, code, SafeText.escape(text, 200));
      }
    } catch (SessionFailure e) {
      failed(record, candidate, e.sentence());
    } catch (IOException e) {
      failed(record, candidate, SafeText.escape(String.valueOf(e.getMessage()), 200));
    } finally {
      target.close(false);
      target.release();
    }
  }

  /**
   * The address that was decided on, and a placeholder as the originator (RFC 4254, section 7.2).
   */
  private static void putArguments(Buffer packet, Target asked, InetSocketAddress address) {
    packet.putString(IpText.format(loopback(asked).orElse(address.getAddress())));
    packet.putUInt(address.getPort());
    packet.putString("127.0.0.1");
    packet.putUInt(0);
  }

  private void failed(ForwardRecord record, Grant.Candidate candidate, String why) {
    failed(record, candidate, SshConstants.SSH_OPEN_CONNECT_FAILED, why);
  }

  /**
   * Refuses the client's channel with the reason code of the target's refusal (RFC 4254, section
   * 5.1).
   */
  private void failed(ForwardRecord record, Grant.Candidate candidate, int code, String why) {
    record.failed(candidate.rule(), why);
    client.refuse(code, record.facts().target().shown() + ": " + why);
  }

  private void carry(ForwardRecord record, Grant.Candidate candidate, RelayEnd target)
      throws InterruptedException {
    ForwardRecord.Opened opened;
    try {
      opened = record.opened(candidate, Terms.METADATA);
    } catch (AuditUnavailableException e) {
      client.refuse(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, ForwardRecord.UNAVAILABLE);
      return;
    }
    Running running = new Running(record.facts().target(), candidate, target);
    parts.grants().began(running);
    // Observed as in PlainCarriage, because the same terms apply.
    TrafficObserver observer = new TrafficObserver(System::nanoTime);
    ChannelPair pair = new ChannelPair(client, target, observer::toTarget, observer::fromTarget);
    String reason = "failed inside the bastion";
    try {
      client.confirm();
      pair.join();
      reason = running.revoked().orElse("closed by the client or the target");
    } finally {
      parts.grants().ended(running);
      opened.closed(
          pair.bytesFromOne(), pair.bytesFromOther(), reason, Summaries.of(observer.traffic()));
    }
  }
}
