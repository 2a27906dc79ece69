package dev.sallyport.cli;

import dev.sallyport.auth.KeyDecision;
import dev.sallyport.auth.SecondFactorDemand;
import dev.sallyport.model.IpText;
import dev.sallyport.model.TimeText;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A trial of a login, as {@code login explain --json} prints it.
 *
 * @param source where the user comes from, if that was given
 * @param allowed whether it would succeed with one of the keys
 * @param refusals why the server that runs turns away logins from there, whatever the key
 * @param refusalsUnknown why the server was not asked for these
 * @param plugins what each has of the user, in the order in which they are asked
 * @param keys each key that was tried
 */
record LoginJson(
    String user,
    Optional<String> source,
    String at,
    boolean allowed,
    List<String> refusals,
    Optional<String> refusalsUnknown,
    List<Plugin> plugins,
    List<Key> keys) {
  /**
   * What a plugin has of the user.
   *
   * @param keys each with its place
   * @param facts what else it has, in sentences
   * @param enrolled whether the user has its second factor, if it is one
   * @param failure why it cannot tell
   * @param reports what it would report to a server's log
   */
  record Plugin(
      String plugin,
      List<String> keys,
      List<String> facts,
      Optional<Boolean> enrolled,
      Optional<String> failure,
      List<String> reports) {}

  /**
   * What became of a key.
   *
   * @param place where it is from
   * @param answers of the plugins that were asked
   * @param reason why it is not let in
   * @param secondFactor what is asked for besides: {@code none}, {@code questions}, {@code
   *     not-enrolled} or {@code unknown}
   * @param rules those that are for the user from there now
   */
  record Key(
      String key,
      String place,
      boolean allowed,
      List<Answer> answers,
      Optional<String> reason,
      Optional<String> secondFactor,
      List<String> restrictions,
      List<String> rules,
      List<String> reports) {}

  /**
   * What a plugin says of a key.
   *
   * @param verdict {@code accepted}, {@code refused} or {@code unknown}
   */
  record Answer(String plugin, String verdict, Optional<String> reason) {}

  static LoginJson of(LoginReport report) {
    return new LoginJson(
        report.user(),
        report.source().map(IpText::format),
        TimeText.local().of(report.at()),
        report.success().isPresent(),
        report.admission().map(LoginJson::refusals).orElse(List.of()),
        report.admission().flatMap(LoginJson::refusalsUnknown),
        report.sources().stream().map(LoginJson::plugin).toList(),
        report.tried().stream().map(LoginJson::key).toList());
  }

  private static List<String> refusals(LoginTrial.Admission admission) {
    return switch (admission) {
      case LoginTrial.Asked(List<String> refusals) -> refusals;
      case LoginTrial.NotAsked _ -> List.of();
    };
  }

  private static Optional<String> refusalsUnknown(LoginTrial.Admission admission) {
    return switch (admission) {
      case LoginTrial.Asked _ -> Optional.empty();
      case LoginTrial.NotAsked(String reason) -> Optional.of(reason);
    };
  }

  private static Plugin plugin(LoginTrial.Source source) {
    List<String> keys = new ArrayList<>();
    List<String> facts = new ArrayList<>();
    for (Known known : source.known()) {
      switch (known) {
        case Known.Key(String where, OfferedKey key) -> keys.add(where + ": " + key);
        case Known.Fact(String text) -> facts.add(text);
      }
    }
    return new Plugin(
        source.plugin(),
        keys,
        facts,
        source.standing().map(standing -> standing == InteractiveFactor.Standing.ENROLLED),
        Optional.of(source.failure()).filter(failure -> !failure.isEmpty()),
        source.problems());
  }

  private static Key key(LoginTrial.Tried tried) {
    String key = tried.key().toString();
    return switch (tried.outcome()) {
      case LoginTrial.NotDecided(String reason) ->
          new Key(
              key,
              tried.where(),
              false,
              List.of(),
              Optional.of(reason),
              Optional.empty(),
              List.of(),
              List.of(),
              tried.problems());
      case LoginTrial.KeptOut(KeyDecision decision, String reason) ->
          new Key(
              key,
              tried.where(),
              false,
              answers(decision),
              Optional.of(reason),
              Optional.empty(),
              List.of(),
              List.of(),
              tried.problems());
      case LoginTrial.LetIn letIn ->
          new Key(
              key,
              tried.where(),
              tried.succeeds(),
              answers(letIn.decision()),
              Optional.empty(),
              Optional.of(secondFactor(letIn.demand())),
              RestrictionText.of(letIn.identity(), tried.key().type()),
              letIn.rules().stream().map(Rule::name).toList(),
              tried.problems());
    };
  }

  private static List<Answer> answers(KeyDecision decision) {
    return decision.asked().stream()
        .map(answer ->
            switch (answer.verdict()) {
              case Verdict.Accepted _ -> new Answer(answer.plugin(), "accepted", Optional.empty());
              case Verdict.Refused(String reason) ->
                  new Answer(answer.plugin(), "refused", Optional.of(reason));
              case Verdict.Unclaimed() -> new Answer(answer.plugin(), "unknown", Optional.empty());
            })
        .toList();
  }

  private static String secondFactor(SecondFactorDemand demand) {
    return switch (demand) {
      case SecondFactorDemand.Nothing() -> "none";
      case SecondFactorDemand.Questions _ -> "questions";
      case SecondFactorDemand.NotEnrolled _ -> "not-enrolled";
      case SecondFactorDemand.Unknown _ -> "unknown";
    };
  }
}
