package dev.sallyport.cli;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Grant;
import dev.sallyport.model.IpText;
import dev.sallyport.policy.AddressDecision;
import dev.sallyport.policy.Explanation;
import dev.sallyport.policy.Request;
import dev.sallyport.policy.Rule;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Writes out a decision for an operator: each address, and in the end what counts. */
final class ExplanationText {
  private ExplanationText() {}

  /**
   * @param rules those that were asked, for why they do not match
   */
  static List<String> lines(Explanation explanation, List<Rule> rules) {
    List<String> lines = new ArrayList<>();
    for (Explanation.Entry entry : explanation.addresses()) {
      InetAddress address = entry.request().address();
      switch (entry.decision()) {
        case AddressDecision.Allowed(Rule rule) ->
            lines.add("  " + IpText.format(address) + ": allowed by rule " + rule.name());
        case AddressDecision.Denied(Reason reason, InetAddress culprit) -> {
          lines.add(
              "  "
                  + IpText.format(address)
                  + ": denied ("
                  + reason.code()
                  + ")"
                  + (culprit.equals(address) ? "" : ", which is " + IpText.format(culprit)));
          if (reason == Reason.NO_RULE) {
            rules.forEach(
                rule -> lines.add("    " + rule.name() + ": " + mismatch(rule, entry.request())));
          }
          if (reason == Reason.SECOND_FACTOR) {
            rules.stream()
                .filter(rule -> rule.match(entry.request()) == Rule.Match.MATCHES)
                .findFirst()
                .ifPresent(rule -> lines.add("    " + rule.name() + ": has mfa = true"));
          }
        }
      }
    }
    lines.add(
        switch (explanation.decision()) {
          case Decision.Granted(Grant grant) ->
              "allowed: "
                  + grant.target().shown()
                  + " by rule "
                  + grant.candidates().getFirst().rule();
          case Decision.Denied(Denial denial) ->
              "denied (" + denial.reason().code() + "): " + denial.text();
        });
    return lines;
  }

  /** Why a rule does not match; continues a sentence that begins with its name. */
  static String mismatch(Rule rule, Request request) {
    return switch (rule.match(request)) {
      case MATCHES -> "matches";
      case OTHER_USER -> "is for other users";
      case OTHER_SOURCE -> "is for other sources";
      case OTHER_TIME -> "is for other times";
      case OTHER_DESTINATION -> "is for other targets";
    };
  }
}
