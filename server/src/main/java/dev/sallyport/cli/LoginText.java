package dev.sallyport.cli;

import dev.sallyport.auth.KeyDecision;
import dev.sallyport.auth.PluginAnswer;
import dev.sallyport.auth.SecondFactorDemand;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.TimeText;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Writes out a {@link LoginReport} for an operator; every line is escaped. */
final class LoginText {
  private static final int SHOWN = 1000;

  private final List<String> lines = new ArrayList<>();

  private LoginText() {}

  /** All lines, the answer last. */
  static List<String> of(LoginReport report) {
    LoginText text = new LoginText();
    text.add(
        0,
        report.user()
            + " from "
            + report.source().map(IpText::format).orElse("0.0.0.0 (--source gives another)")
            + " at "
            + TimeText.local().of(report.at()));
    report.admission().ifPresent(text::add);
    text.add(0, "plugins, in the order in which they are asked:");
    report.sources().forEach(text::add);
    List<String> plugins = report.sources().stream().map(LoginTrial.Source::plugin).toList();
    report.tried().forEach(tried -> text.add(tried, plugins));
    text.add(0, answer(report));
    return text.lines;
  }

  private static String answer(LoginReport report) {
    String user = report.user();
    if (report.success().isPresent()) {
      return "allowed: " + user + " logs in with " + report.success().get().key();
    }
    return "denied: "
        + user
        + (report.isTurnedAway()
            ? " is turned away before a key is tried"
            : report.keyGiven()
                ? " does not log in with this key"
                : report.tried().isEmpty()
                    ? " has no key that a plugin lists; --key asks about one"
                    : " does not log in with any of these keys");
  }

  private void add(int depth, String text) {
    lines.add("  ".repeat(depth) + SafeText.escape(text, SHOWN));
  }

  /** What the server that runs says of the source. */
  private void add(LoginTrial.Admission admission) {
    switch (admission) {
      case LoginTrial.Asked(List<String> refusals) when refusals.isEmpty() ->
          add(0, "the server has no penalty or limit against it now");
      case LoginTrial.Asked(List<String> refusals) ->
          refusals.forEach(refusal -> add(0, "the server turns it away now: " + refusal));
      case LoginTrial.NotAsked(String reason) ->
          add(0, "penalties and limits are not known: " + reason);
    }
  }

  /** What a plugin has of the user. */
  private void add(LoginTrial.Source source) {
    add(1, source.plugin());
    for (Known known : source.known()) {
      switch (known) {
        case Known.Key(String where, OfferedKey key) -> add(2, where + ": " + key);
        case Known.Fact(String text) -> add(2, text);
      }
    }
    source
        .standing()
        .ifPresent(standing ->
            add(
                2,
                switch (standing) {
                  case ENROLLED -> "the user has this second factor";
                  case NOT_ENROLLED -> "the user does not have this second factor";
                }));
    if (!source.failure().isEmpty()) {
      add(2, source.failure());
    } else if (source.known().isEmpty() && source.standing().isEmpty()) {
      add(2, "cannot list keys: give --key to ask about one");
    }
    source.problems().forEach(problem -> add(2, "reports: " + problem));
  }

  /**
   * What became of a key.
   *
   * @param plugins the types of all plugins, in their order
   */
  private void add(LoginTrial.Tried tried, List<String> plugins) {
    add(0, "key " + tried.key() + " (" + tried.where() + ")");
    switch (tried.outcome()) {
      case LoginTrial.NotDecided(String reason) -> add(1, reason);
      case LoginTrial.KeptOut(KeyDecision decision, String reason) -> {
        add(decision, plugins);
        add(1, "is refused: " + reason);
      }
      case LoginTrial.LetIn letIn -> {
        add(letIn.decision(), plugins);
        RestrictionText.of(letIn.identity(), tried.key().type())
            .forEach(restriction -> add(1, "restriction: " + restriction));
        add(1, demand(letIn.demand()));
        add(1, rules(letIn.rules()));
      }
    }
    tried.problems().forEach(problem -> add(1, "reported: " + problem));
  }

  private void add(KeyDecision decision, List<String> plugins) {
    for (PluginAnswer answer : decision.asked()) {
      add(1, answer.plugin() + " " + verdict(answer.verdict()));
    }
    plugins.stream()
        .skip(decision.asked().size())
        .forEach(type ->
            add(1, type + " is not asked: " + decision.asked().getLast().plugin() + " decides"));
  }

  private static String verdict(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Accepted(String user, var groups, String label, _) ->
          "accepts it for "
              + user
              + (groups.isEmpty()
                  ? ""
                  : ", with the groups " + String.join(", ", groups.stream().sorted().toList()))
              + (label.isBlank() ? "" : " (" + label + ")");
      case Verdict.Refused(String reason) -> "refuses it: " + reason;
      case Verdict.Unclaimed() -> "does not know it for this user";
    };
  }

  private static String demand(SecondFactorDemand demand) {
    return switch (demand) {
      case SecondFactorDemand.Nothing() -> "no second factor is asked for";
      case SecondFactorDemand.Questions(String plugin) -> plugin + " asks for the second factor";
      case SecondFactorDemand.NotEnrolled(String plugin) ->
          plugin
              + " is asked for a second factor, and the user has none: enroll them, or see"
              + " auth.second-factor";
      case SecondFactorDemand.Unknown(String plugin, String reason) -> plugin + ": " + reason;
    };
  }

  private static String rules(List<Rule> rules) {
    return rules.isEmpty()
        ? "no rule is for this user from there now, so they reach nothing"
        : "rules for this user from there now: "
            + String.join(", ", rules.stream().map(Rule::name).toList());
  }
}
