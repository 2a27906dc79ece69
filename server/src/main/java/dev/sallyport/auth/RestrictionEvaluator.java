package dev.sallyport.auth;

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
import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Permission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one place that applies {@link Restrictions}, whatever they came from, to whatever a user
 * does. FIDO's touch and verification are in the signature itself, so they are checked with it.
 */
public final class RestrictionEvaluator {
  private RestrictionEvaluator() {}

  /**
   * Why the identity may not do this now, if it may not.
   *
   * @param source where the client is
   */
  public static Optional<Denial> forbids(
      Identity identity, InetAddress source, Act act, Instant now) {
    Restrictions restrictions = identity.restrictions();
    if (restrictions.validBefore().filter(end -> !now.isBefore(end)).isPresent()) {
      return denial(identity, "expired at " + restrictions.validBefore().get());
    }
    if (!restrictions.sources().stream().allMatch(one -> one.matches(source))) {
      return denial(identity, "may not be used from " + IpText.format(source));
    }
    return switch (act) {
      case LOG_IN, SESSION -> Optional.empty();
      case FORWARD -> demand(identity, Permission.FORWARDING, "may not open forwards");
      case TERMINAL -> demand(identity, Permission.PTY, "may not have a terminal");
      case AGENT -> demand(identity, Permission.AGENT_FORWARDING, "may not forward the agent");
    };
  }

  private static Optional<Denial> demand(
      Identity identity, Permission permission, String otherwise) {
    return identity.restrictions().permits(permission)
        ? Optional.empty()
        : denial(identity, otherwise);
  }

  /**
   * What is left of what the rules gave: a restriction narrows, and never widens.
   *
   * @param act {@link Act#FORWARD} or {@link Act#SESSION}
   */
  public static Decision narrow(Identity identity, Act act, Decision decision) {
    return switch (decision) {
      case Decision.Denied denied -> denied;
      case Decision.Granted(Grant grant) -> narrow(identity, act, grant);
    };
  }

  private static Decision narrow(Identity identity, Act act, Grant grant) {
    Restrictions restrictions = identity.restrictions();
    if (act == Act.FORWARD
        && grant.terms() instanceof Terms.Session
        && restrictions.command().isPresent()) {
      return new Decision.Denied(
          new Denial(
              Denial.Reason.RESTRICTED,
              "the key of "
                  + name(identity)
                  + " runs one command, so it opens no recorded forward: what is started there is"
                  + " the client's choice"));
    }
    List<Grant.Candidate> left =
        grant.candidates().stream()
            .filter(one ->
                restrictions.permitOpen().stream()
                    .allMatch(any -> isAmong(any, grant.target(), one.address())))
            .toList();
    return left.isEmpty()
        ? new Decision.Denied(
            new Denial(
                Denial.Reason.RESTRICTED,
                "the key of "
                    + name(identity)
                    + " may not go to "
                    + grant.target().shown()
                    + ": its permitopen does not name it"))
        : new Decision.Granted(new Grant(grant.target(), left, grant.terms()));
  }

  private static boolean isAmong(
      Set<PermittedDestination> any, Target asked, InetSocketAddress address) {
    return any.stream()
        .anyMatch(one ->
            (one.port().isEmpty() || one.port().getAsInt() == address.getPort())
                && isHost(one.host(), asked, address.getAddress()));
  }

  /** An address is the one that is dialled; a name must be the one that was asked for. */
  private static boolean isHost(String host, Target asked, InetAddress address) {
    if (host.equals(PermittedDestination.ANY_HOST)) {
      return true;
    }
    return switch (Host.parse(host)) {
      case Parsed.Malformed<Host> nothing -> false;
      case Parsed.Valid<Host>(Host.Address(InetAddress permitted)) -> permitted.equals(address);
      case Parsed.Valid<Host>(Host.Name name) ->
          Host.parse(asked.host()) instanceof Parsed.Valid<Host>(Host wanted)
              && wanted.equals(name);
    };
  }

  private static Optional<Denial> denial(Identity identity, String text) {
    return Optional.of(
        new Denial(Denial.Reason.RESTRICTED, "the key of " + name(identity) + " " + text));
  }

  private static String name(Identity identity) {
    return SafeText.escape(identity.user().name(), 64);
  }
}
