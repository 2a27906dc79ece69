package dev.sallyport.connection;

import dev.sallyport.audit.Strangers;
import dev.sallyport.model.IpText;
import dev.sallyport.transport.Admission;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every connection passes before anything is made for it: the penalties of its source, then
 * the limits on strangers. For all threads; nothing here waits.
 */
final class FrontGate implements Admission {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** What OpenSSH's sshd says in this place; clients show it as the reason. */
  private static final Answer FULL = new Answer.TurnedAway("Exceeded MaxStartups");

  /** The same, for a penalty. */
  private static final Answer PENALISED = new Answer.TurnedAway("Not allowed at this time");

  private static final Answer ADMITTED = new Answer.Admitted();

  /** A load balancer that is set up wrongly must not fill the operator's log. */
  private static final long WARNING_INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final StartupGate startups;
  private final Penalties penalties;
  private final Strangers strangers;
  private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - WARNING_INTERVAL);

  FrontGate(StartupGate startups, Penalties penalties, Strangers strangers) {
    this.startups = startups;
    this.penalties = penalties;
    this.strangers = strangers;
  }

  /** From now on; who is in stays. */
  void apply(ConnectionSettings settings) {
    startups.apply(settings.limits());
    penalties.apply(settings.penalties());
  }

  @Override
  public Answer admit(InetAddress source) {
    return switch (penalties.standing(source)) {
      case PenaltyTable.Standing.Free() -> startups.admit(source) ? ADMITTED : FULL;
      case PenaltyTable.Standing.Penalised(Misconduct misconduct) -> penalised(source);
      case PenaltyTable.Standing.TableFull() -> penalised(source);
    };
  }

  private Answer penalised(InetAddress source) {
    strangers.penalised(source);
    return PENALISED;
  }

  @Override
  public void leave(InetAddress source) {
    startups.leave(source);
  }

  /** A connection ended, and its client did this, if anything that it should not have done. */
  void ended(InetAddress source, Optional<Misconduct> misconduct) {
    misconduct.ifPresent(what -> penalties.penalise(source, what));
  }

  @Override
  public void refuseHeader(InetAddress balancer, String reason) {
    strangers.refused(balancer);
    long last = lastWarning.get();
    long now = System.nanoTime();
    if (now - last >= WARNING_INTERVAL && lastWarning.compareAndSet(last, now)) {
      LOG.warn(
          "the load balancer {} sent no PROXY protocol header that can be read ({}): see"
              + " proxy-protocol.from; told once a minute at most",
          IpText.format(balancer),
          reason);
    }
  }
}
