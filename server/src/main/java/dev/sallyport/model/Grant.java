package dev.sallyport.model;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The result of the rules: the only addresses that may be dialled.
 *
 * @param target what was asked for
 * @param candidates in the order to try; at least one
 * @param terms the same for all candidates
 */
public record Grant(Target target, List<Candidate> candidates, Terms terms) {
  /**
   * One address that may be dialled.
   *
   * @param address the resolved address, which is dialled; the name is never resolved again
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
