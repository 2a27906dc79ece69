package dev.sallyport.policy;

import dev.sallyport.model.Denial;
import java.net.InetAddress;

/** Whether one address may be reached. */
public sealed interface AddressDecision {
  /**
   * Yes.
   *
   * @param rule the first that matched
   */
  record Allowed(Rule rule) implements AddressDecision {}

  /**
   * No.
   *
   * @param culprit the address that is meant by {@code reason}: the one asked for, or an IPv4
   *     address that is embedded in it
   */
  record Denied(Denial.Reason reason, InetAddress culprit) implements AddressDecision {}
}
