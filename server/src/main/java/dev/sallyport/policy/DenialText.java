package dev.sallyport.policy;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import java.util.Comparator;
import java.util.List;

/** The messages for denials, which name the target as the user did. */
final class DenialText {
  /** Longest user name that is not cut, in characters. */
  private static final int SHOWN = 64;

  /** The reasons of addresses that came closest to being allowed, the closest first. */
  private static final List<Reason> NEAREST =
      List.of(Reason.SECOND_FACTOR, Reason.NOT_PRIVATE, Reason.NO_RULE);

  private DenialText() {}

  /**
   * The denial of a target all of whose addresses are denied, with the reason of the address that
   * came closest to being allowed.
   *
   * @param entries at least one
   */
  static Decision.Denied mostTelling(List<Explanation.Entry> entries, Target target, User user) {
    return entries.stream()
        .filter(entry -> entry.decision() instanceof AddressDecision.Denied)
        .min(Comparator.comparingInt(entry -> distance(denied(entry).reason())))
        .map(entry -> {
          Reason reason = denied(entry).reason();
          boolean embedded = !denied(entry).culprit().equals(entry.request().address());
          return new Decision.Denied(new Denial(reason, of(reason, embedded, target, user)));
        })
        .orElseThrow();
  }

  private static AddressDecision.Denied denied(Explanation.Entry entry) {
    return (AddressDecision.Denied) entry.decision();
  }

  /** How far from being allowed an address is, by what the reason says. */
  private static int distance(Reason reason) {
    int near = NEAREST.indexOf(reason);
    return near < 0 ? NEAREST.size() : near;
  }

  /** Why no user can reach a destination, for the operator. */
  static Denial ofEverybody(Reason reason, Destination destination) {
    return new Denial(
        reason,
        destination
            + (reason == Reason.NOT_PRIVATE
                ? " is not in private-networks, so nobody can reach it"
                : " is "
                    + reason.what()
                    + ", which nobody reaches unless unsafe-networks names it"));
  }

  /**
   * @param embedded whether the reason is an embedded IPv4 address
   */
  static String of(Reason reason, boolean embedded, Target target, User user) {
    return target.shown()
        + switch (reason) {
          case NO_RULE -> " is in no rule for " + SafeText.escape(user.name(), SHOWN);
          case SECOND_FACTOR ->
              " demands a second factor, and this login had none: log in again with one, or ask"
                  + " the bastion's operator to enroll you";
          case NOT_PRIVATE -> " is not in private-networks";
          case LOOPBACK,
              UNSPECIFIED,
              LINK_LOCAL,
              MULTICAST,
              BROADCAST,
              METADATA_SERVICE,
              OWN_ADDRESS ->
              (embedded ? " carries " : " is ") + reason.what() + " and is never reached";
          case MALFORMED_TARGET, UNRESOLVED, RESTRICTED, LIMIT, NO_RECORD ->
              throw new IllegalArgumentException("no denial of an address: " + reason);
        };
  }
}
