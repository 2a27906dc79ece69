package dev.sallyport.cli;

import dev.sallyport.audit.SafeJson;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Grant;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Target;
import dev.sallyport.model.TimeText;
import dev.sallyport.model.User;
import dev.sallyport.policy.AddressDecision;
import dev.sallyport.policy.Explanation;
import dev.sallyport.policy.Rule;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A decision, as {@code policy explain --json} prints it.
 *
 * @param target as it was asked for
 * @param rule by which it is allowed
 * @param reason the code of the denial
 * @param addresses those that the target has; none when it was not resolved
 */
record ExplanationJson(
    String user,
    List<String> groups,
    boolean secondFactor,
    String source,
    String at,
    String target,
    boolean allowed,
    Optional<String> rule,
    Optional<String> reason,
    String text,
    List<Address> addresses) {
  /**
   * One address.
   *
   * @param meant the address that the reason is about, if it is another that this one embeds
   * @param rules why none matches, when none does
   */
  record Address(
      String address,
      boolean allowed,
      Optional<String> rule,
      Optional<String> reason,
      Optional<String> meant,
      List<Mismatch> rules) {}

  /** Why a rule does not match. */
  record Mismatch(String rule, String why) {}

  static ExplanationJson of(
      User user,
      InetAddress source,
      Instant at,
      Target target,
      Explanation explanation,
      List<Rule> rules) {
    Optional<String> rule =
        switch (explanation.decision()) {
          case Decision.Granted(Grant grant) -> Optional.of(grant.candidates().getFirst().rule());
          case Decision.Denied _ -> Optional.empty();
        };
    Optional<Denial> denial =
        switch (explanation.decision()) {
          case Decision.Granted _ -> Optional.empty();
          case Decision.Denied(Denial why) -> Optional.of(why);
        };
    return new ExplanationJson(
        SafeJson.bounded(user.name()),
        user.groups().stream().sorted().map(SafeJson::bounded).toList(),
        user.secondFactor().isProven(),
        IpText.format(source),
        TimeText.local().of(at),
        target.shown(),
        rule.isPresent(),
        rule,
        denial.map(why -> why.reason().code()),
        denial.map(Denial::text).orElse("allowed"),
        explanation.addresses().stream().map(entry -> address(entry, rules)).toList());
  }

  private static Address address(Explanation.Entry entry, List<Rule> rules) {
    InetAddress address = entry.request().address();
    return switch (entry.decision()) {
      case AddressDecision.Allowed(Rule rule) ->
          new Address(
              IpText.format(address),
              true,
              Optional.of(rule.name()),
              Optional.empty(),
              Optional.empty(),
              List.of());
      case AddressDecision.Denied(Reason reason, InetAddress culprit) ->
          new Address(
              IpText.format(address),
              false,
              Optional.empty(),
              Optional.of(reason.code()),
              Optional.of(culprit).filter(one -> !one.equals(address)).map(IpText::format),
              reason == Reason.NO_RULE
                  ? rules.stream()
                      .map(rule ->
                          new Mismatch(
                              rule.name(), ExplanationText.mismatch(rule, entry.request())))
                      .toList()
                  : List.of());
    };
  }
}
