package dev.sallyport.policy;

import dev.sallyport.model.Decision;
import java.util.List;

/**
 * A decision with its reasons. Only for operators, because it discloses the addresses of a name.
 *
 * @param decision the overall decision
 * @param addresses the target's addresses, in the order to try; empty when it was not resolved
 */
public record Explanation(Decision decision, List<Entry> addresses) {
  public Explanation {
    addresses = List.copyOf(addresses);
  }

  /** The request for one address, and its decision. */
  public record Entry(Request request, AddressDecision decision) {}
}
