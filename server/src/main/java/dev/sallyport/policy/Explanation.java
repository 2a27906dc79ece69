package dev.sallyport.policy;

import dev.sallyport.model.Decision;
import java.util.List;

/**
 * A decision, and what it was made of: for operators, since it tells the addresses of a name.
 *
 * @param decision what counts
 * @param addresses each address that the target has, in the order to try; empty when it was not
 *     resolved
 */
public record Explanation(Decision decision, List<Entry> addresses) {
  public Explanation {
    addresses = List.copyOf(addresses);
  }

  /** One address, as the policy was asked about it, and its decision. */
  public record Entry(Request request, AddressDecision decision) {}
}
