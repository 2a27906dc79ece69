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

  private static int distance(Reason reason) {
    return switch (reason) {
      case SECOND_FACTOR -> 0;
      case NOT_PRIVATE -> 1;
      case NO_RULE -> 2;
      case LOOPBACK,
          UNSPECIFIED,
          LINK_LOCAL,
          MULTICAST,
          BROADCAST,
          METADATA_SERVICE,
          OWN_ADDRESS,
          MALFORMED_TARGET,
          UNRESOLVED,
          RESTRICTED,
          LIMIT,
          NO_RECORD ->
          3;
    };
  }

  /** Why no user can reach a destination, for the operator. */
  static Denial ofEverybody(Reason reason, Destination destination) {
    return new Denial(
        reason,
        destination
            + (reason == Reason.NOT_PRIVATE
                ? " is not in private-networks, so nobody can reach it"
                : " is "
                    + what(reason)
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
              OWN_ADDRESS,
              MALFORMED_TARGET,
              UNRESOLVED,
              RESTRICTED,
              LIMIT,
              NO_RECORD ->
              (embedded ? " carries " : " is ") + what(reason) + " and is never reached";
        };
  }

  private static String what(Reason builtIn) {
    return switch (builtIn) {
      case LOOPBACK -> "a loopback address";
      case UNSPECIFIED -> "an unspecified address";
      case LINK_LOCAL -> "a link-local address";
      case MULTICAST -> "a multicast address";
      case BROADCAST -> "the broadcast address";
      case METADATA_SERVICE -> "the cloud's metadata service";
      case OWN_ADDRESS -> "the bastion itself";
      case NO_RULE,
          NOT_PRIVATE,
          SECOND_FACTOR,
          MALFORMED_TARGET,
          UNRESOLVED,
          RESTRICTED,
          LIMIT,
          NO_RECORD ->
          throw new IllegalArgumentException("no built-in denial: " + builtIn);
    };
  }
}
