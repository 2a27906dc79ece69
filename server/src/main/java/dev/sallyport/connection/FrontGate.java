package dev.sallyport.connection;

import dev.sallyport.audit.Strangers;
import dev.sallyport.model.IpText;
import dev.sallyport.model.OnceAMinute;
import dev.sallyport.transport.Admission;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on every new connection before any object is made for it: by the penalties of its source,
 * then by the limits for unauthenticated clients; and counts the connections of each user. For all
 * threads; never waits.
 */
final class FrontGate implements Admission {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** The text that sshd sends in this case, and that clients show as the reason. */
  private static final Answer FULL = new Answer.TurnedAway("Exceeded MaxStartups");

  /** The same for a penalty. */
  private static final Answer PENALISED = new Answer.TurnedAway("Not allowed at this time");

  private static final Answer ADMITTED = new Answer.Admitted();

  private final StartupGate startups;
  private final Penalties penalties;
  private final UserTable users;
  private final Strangers strangers;
  private final OnceAMinute headerless = new OnceAMinute();

  FrontGate(StartupGate startups, Penalties penalties, UserTable users, Strangers strangers) {
    this.startups = startups;
    this.penalties = penalties;
    this.users = users;
    this.strangers = strangers;
  }

  /** Applies to new connections; existing ones stay. */
  void apply(ConnectionSettings settings) {
    startups.apply(settings.limits());
    penalties.apply(settings.penalties());
    users.apply(settings.limits().connectionsPerUser());
  }

  @Override
  public Answer admit(InetAddress source) {
    return switch (penalties.standing(source)) {
      case PenaltyTable.Standing.Free() -> startups.admit(source) ? ADMITTED : FULL;
      case PenaltyTable.Standing.Penalised(Misconduct misconduct) -> penalised(source);
      case PenaltyTable.Standing.TableFull() -> penalised(source);
    };
  }

  /** Why a login of the user from the source is turned away now, in words; counts nothing. */
  List<String> refusals(InetAddress source, String user) {
    List<String> refusals = new ArrayList<>();
    penalties.refusal(source).ifPresent(refusals::add);
    startups.refusal(source).ifPresent(refusals::add);
    users.refusal(user).ifPresent(refusals::add);
    return refusals;
  }

  private Answer penalised(InetAddress source) {
    strangers.penalised(source);
    return PENALISED;
  }

  @Override
  public void leave(InetAddress source) {
    startups.leave(source);
  }

  /**
   * Counts a login. Its connection still counts as unauthenticated until {@link #leave}.
   *
   * @return false when the user has as many connections as one may have
   */
  boolean userEnters(String user) {
    return users.enter(user);
  }

  /** Called once for each login that was counted, when its connection ends. */
  void userLeaves(String user) {
    users.leave(user);
  }

  /** Called when a connection ends, with its client's misconduct if there was any. */
  void ended(InetAddress source, Optional<Misconduct> misconduct) {
    misconduct.ifPresent(what -> penalties.penalise(source, what));
  }

  @Override
  public void refuseHeader(InetAddress balancer, String reason) {
    strangers.refused(balancer);
    headerless.tell(more ->
        LOG.warn(
            "the load balancer {} sent no PROXY protocol header that can be read ({}): see"
                + " proxy-protocol.from{}",
            IpText.format(balancer),
            reason,
            more));
  }
}
