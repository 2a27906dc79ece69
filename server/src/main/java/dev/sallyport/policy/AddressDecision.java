package dev.sallyport.policy;

import dev.sallyport.model.Denial;
import java.net.InetAddress;

/** The decision on one address. */
public sealed interface AddressDecision {
  /**
   * Allowed.
   *
   * @param rule the first that matched
   */
  record Allowed(Rule rule) implements AddressDecision {}

  /**
   * Denied.
   *
   * @param culprit the address to which {@code reason} applies: the requested one, or an IPv4
   *     address embedded in it
   */
  record Denied(Denial.Reason reason, InetAddress culprit) implements AddressDecision {}
}
