package dev.sallyport.cli;

import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Place;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.model.TimeText;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import java.util.ArrayList;
import java.util.List;

/** Writes out what a key's source demands of a login, for an operator. */
final class RestrictionText {
  private RestrictionText() {}

  /**
   * A line each, not escaped.
   *
   * @param type of the key: only FIDO keys attest anything
   */
  static List<String> of(Identity identity, String type) {
    Restrictions restrictions = identity.restrictions();
    List<String> lines = new ArrayList<>();
    restrictions.sources().forEach(one -> lines.add("only from " + one));
    restrictions
        .validBefore()
        .ifPresent(end -> lines.add("only before " + TimeText.local().of(end)));
    if (type.startsWith("sk-")) {
      if (restrictions.demands(Attestation.VERIFICATION)) {
        lines.add("only when the FIDO key verifies its user (PIN, fingerprint)");
      }
      if (restrictions.demands(Attestation.TOUCH)) {
        lines.add("only when the FIDO key is touched");
      }
    }
    for (List<Place> any : RestrictionEvaluator.permitted(identity)) {
      lines.add("only to " + String.join(" or ", any.stream().map(Place::toString).toList()));
    }
    lines.addAll(RestrictionEvaluator.narrowing(identity));
    return lines;
  }
}
