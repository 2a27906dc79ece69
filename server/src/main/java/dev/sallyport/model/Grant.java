package dev.sallyport.model;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What the rules gave: the addresses that may be dialled, and nothing else may.
 *
 * @param target what was asked for
 * @param candidates in the order to try; at least one
 * @param terms the same for all candidates
 */
public record Grant(Target target, List<Candidate> candidates, Terms terms) {
  /**
   * One address that may be dialled.
   *
   * @param address resolved; dial this very address and never the name again
   * @param rule the rule that allows it
   */
  public record Candidate(InetSocketAddress address, String rule) {}

  public Grant {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("a grant of nothing");
    }
  }
}
