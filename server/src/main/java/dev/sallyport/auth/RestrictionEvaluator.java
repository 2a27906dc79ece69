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
import dev.sallyport.policy.Destination;
import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Permission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The only code that applies {@link Restrictions}, whatever their source, to users' acts. FIDO's
 * touch and verification are part of the signature, and checked with it.
 */
public final class RestrictionEvaluator {
  private RestrictionEvaluator() {}

  /**
   * Why the act is forbidden now, if it is.
   *
   * @param source the client's address
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
      case FORWARD -> demand(identity, Permission.FORWARDING);
      case TERMINAL -> demand(identity, Permission.PTY);
      case AGENT -> demand(identity, Permission.AGENT_FORWARDING);
    };
  }

  private static Optional<Denial> demand(Identity identity, Permission permission) {
    return identity.restrictions().permits(permission)
        ? Optional.empty()
        : denial(identity, without(permission));
  }

  /**
   * Applies the restrictions to a decision of the rules, which they can only narrow.
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
    Optional<Denial> denial = forbids(identity, act, grant.terms());
    if (denial.isPresent()) {
      return new Decision.Denied(denial.get());
    }
    List<Grant.Candidate> left =
        grant.candidates().stream()
            .filter(one -> isPermitted(identity, grant.target(), one.address()))
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

  /** Why the act is forbidden on these terms, if it is. */
  public static Optional<Denial> forbids(Identity identity, Act act, Terms terms) {
    return act == Act.FORWARD
            && terms instanceof Terms.Session
            && identity.restrictions().command().isPresent()
        ? denial(
            identity,
            "runs one command, so it opens no recorded forward: what is started there is the"
                + " client's choice")
        : Optional.empty();
  }

  /** Whether permitopen allows the target: by the dialled address, or by the requested name. */
  private static boolean isPermitted(Identity identity, Target asked, InetSocketAddress address) {
    return Host.parse(asked.host()) instanceof Parsed.Valid<Host>(Host host)
        && identity.restrictions().permitOpen().stream()
            .allMatch(any ->
                places(any)
                    .anyMatch(one -> one.matches(host, address.getAddress(), address.getPort())));
  }

  /**
   * The places of each {@code permitopen} of the identity, for lists and for many rules at once.
   */
  public static List<List<Place>> permitted(Identity identity) {
    // Sorted, because the order of a set varies between runs.
    return identity.restrictions().permitOpen().stream()
        .map(any -> places(any).sorted(Comparator.comparing(Place::toString)).toList())
        .toList();
  }

  /**
   * The part of a rule's destinations that the restrictions leave, without resolving names.
   *
   * @param permitted the result of {@link #permitted}
   */
  public static List<Place> narrow(List<List<Place>> permitted, List<Destination> destinations) {
    List<Place> left = destinations.stream().map(Place::of).toList();
    for (List<Place> any : permitted) {
      left =
          left.stream()
              .flatMap(place -> any.stream().flatMap(one -> place.and(one).stream()))
              .distinct()
              .toList();
    }
    return left;
  }

  private static Stream<Place> places(Set<PermittedDestination> any) {
    return any.stream().flatMap(one -> Place.of(one).stream());
  }

  /** How the key restricts what the rules allow; each continues a sentence about the key. */
  public static List<String> narrowing(Identity identity) {
    Restrictions restrictions = identity.restrictions();
    List<String> narrowing = new ArrayList<>();
    if (!restrictions.permitOpen().isEmpty()) {
      narrowing.add("goes only where its permitopen says");
    }
    restrictions.command().ifPresent(forced -> narrowing.add("runs one command"));
    for (Permission permission : Permission.values()) {
      if (!restrictions.permits(permission)) {
        narrowing.add(without(permission));
      }
    }
    return List.copyOf(narrowing);
  }

  private static String without(Permission permission) {
    return switch (permission) {
      case FORWARDING -> "may not open forwards";
      case PTY -> "may not have a terminal";
      case AGENT_FORWARDING -> "may not forward the agent";
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
