package dev.sallyport.cli;

import dev.sallyport.auth.Answer;
import dev.sallyport.auth.Authenticator;
import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.KeyDecision;
import dev.sallyport.auth.PluginFaults;
import dev.sallyport.auth.SecondFactorDemand;
import dev.sallyport.config.Configuration;
import dev.sallyport.config.Loading;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.operations.ControlClient;
import dev.sallyport.operations.FaultText;
import dev.sallyport.policy.DecisionPoint;
import dev.sallyport.policy.OwnAddresses;
import dev.sallyport.policy.Resolver;
import dev.sallyport.policy.Rule;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.ssh.UserKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tries a login without a client: asks the plugins of a configuration, and the {@link
 * Authenticator} that a server asks. All questions together take as long as a server gives a login
 * ({@code limits.login-grace}). One thread.
 */
final class LoginTrial {
  private final Configuration configuration;
  private final List<ConfiguredPlugin> plugins;
  private final Authenticator authenticator;
  private final DecisionPoint decisions;
  private final Problems problems;
  private final LoginAttempt attempt;
  private final long deadline;

  /**
   * What one plugin has of the user.
   *
   * @param standing whether the user has its second factor, if it has one
   * @param failure why it cannot tell; empty when it can
   * @param problems what it reported meanwhile and is not among what is known
   */
  record Source(
      String plugin,
      List<Known> known,
      Optional<InteractiveFactor.Standing> standing,
      String failure,
      List<String> problems) {}

  /**
   * What became of one key.
   *
   * @param where where it is from: a plugin's file, or the operator's
   */
  record Tried(String where, OfferedKey key, Outcome outcome, List<String> problems) {
    /** Whether a client that has the key logs in. */
    boolean succeeds() {
      return switch (outcome) {
        case LetIn(_, _, SecondFactorDemand demand, _) ->
            switch (demand) {
              case SecondFactorDemand.Nothing() -> true;
              case SecondFactorDemand.Questions(_) -> true;
              case SecondFactorDemand.NotEnrolled(_) -> false;
              case SecondFactorDemand.Unknown(_, _) -> false;
            };
        case KeptOut(_, _), NotDecided(_) -> false;
      };
    }
  }

  /** What the server decides. */
  sealed interface Outcome {}

  /**
   * The key is let in once it is proven.
   *
   * @param demand what else it takes
   * @param rules those that are for the user then, from that source at that time
   */
  record LetIn(KeyDecision decision, Identity identity, SecondFactorDemand demand, List<Rule> rules)
      implements Outcome {}

  /** It is not. */
  record KeptOut(KeyDecision decision, String reason) implements Outcome {}

  /** There was no decision in time. */
  record NotDecided(String reason) implements Outcome {}

  /** What the server that runs says of the source, before it looks at any key. */
  sealed interface Admission {}

  /**
   * It was asked.
   *
   * @param refusals why it turns the login away; empty when it does not
   */
  record Asked(List<String> refusals) implements Admission {}

  /** It was not, because there is none, or it does not answer this user. */
  record NotAsked(String reason) implements Admission {}

  /** Keeps what plugins report, until it is taken. For all threads. */
  static final class Problems implements Reporter {
    private List<String> told = new ArrayList<>();

    @Override
    public synchronized void problem(String where, String what) {
      told.add(where + ": " + what);
    }

    synchronized List<String> take() {
      List<String> taken = told;
      told = new ArrayList<>();
      return taken;
    }
  }

  LoginTrial(Loading.Loaded loaded, Resolver resolver, Problems problems, LoginAttempt attempt) {
    this.configuration = loaded.configuration();
    this.plugins = loaded.plugins();
    this.authenticator =
        new Authenticator(plugins, configuration.groups(), configuration.auth().secondFactors());
    this.decisions = new DecisionPoint(configuration.policy(), new OwnAddresses(), resolver);
    this.problems = problems;
    this.attempt = attempt;
    this.deadline = System.nanoTime() + configuration.limits().loginGrace().toNanos();
  }

  /** Asks the server that runs about its penalties and limits. */
  Admission admission() {
    try {
      return new Asked(
          within(() ->
              ControlClient.refusals(configuration.stateDir(), attempt.source(), attempt.user())));
    } catch (IOException e) {
      return new NotAsked(FaultText.of(e));
    } catch (Exception e) {
      return new NotAsked(PluginFaults.reason(e));
    }
  }

  /** What each plugin has of the user, in their order. */
  List<Source> sources() {
    return plugins.stream().map(this::source).toList();
  }

  private Source source(ConfiguredPlugin one) {
    List<Known> known = List.of();
    Optional<InteractiveFactor.Standing> standing = Optional.empty();
    String failure = "";
    try {
      known = within(() -> one.plugin().known(attempt));
      Optional<InteractiveFactor> factor = one.plugin().interactiveFactor();
      if (factor.isPresent()) {
        standing = Optional.of(within(() -> factor.get().standing(attempt.user())));
      }
    } catch (Exception e) {
      failure = PluginFaults.reason(e);
    }
    List<Known> facts = known;
    List<String> news =
        problems.take().stream()
            .filter(problem ->
                !facts.contains(new Known.Fact(problem))
                    && !facts.contains(new Known.Fact(problem.replaceFirst(": ", " "))))
            .toList();
    return new Source(one.type(), known, standing, failure, news);
  }

  /** The keys that the plugins have of the user, each once, with where it is. */
  static Map<OfferedKey, String> keys(List<Source> sources) {
    Map<OfferedKey, String> keys = new LinkedHashMap<>();
    for (Source source : sources) {
      for (Known known : source.known()) {
        switch (known) {
          case Known.Key(String where, OfferedKey key) -> keys.putIfAbsent(key, where);
          case Known.Fact _ -> {}
        }
      }
    }
    return keys;
  }

  /** Tries a key. */
  Tried key(String where, OfferedKey key) {
    Outcome outcome;
    try {
      outcome = within(() -> decide(key));
    } catch (Exception e) {
      outcome = new NotDecided(PluginFaults.reason(e));
    }
    return new Tried(where, key, outcome, problems.take());
  }

  private Outcome decide(OfferedKey key) {
    KeyDecision decision = authenticator.decide(attempt, key);
    return switch (decision.answer()) {
      case Answer.Unwelcome(_, String reason) -> new KeptOut(decision, reason);
      case Answer.Welcome(Identity identity, _) ->
          UserKeys.obstacle(key, configuration.algorithms().publicKeys())
              .<Outcome>map(why -> new KeptOut(decision, "the key " + why))
              .orElseGet(() -> letIn(decision, identity, key));
    };
  }

  private Outcome letIn(KeyDecision decision, Identity identity, OfferedKey key) {
    Identity proven = identity.with(attested(identity, key));
    SecondFactorDemand demand = authenticator.demand(proven);
    return new LetIn(
        decision,
        proven,
        demand,
        decisions.rulesFor(proven.user(), attempt.source(), attempt.at()));
  }

  /** What a FIDO key's signature attests at least, because its restrictions demand it. */
  private SecondFactor attested(Identity identity, OfferedKey key) {
    if (!key.type().startsWith("sk-")) {
      return new SecondFactor.None();
    }
    if (identity.restrictions().demands(Attestation.VERIFICATION)) {
      return authenticator.counted(SecondFactor.Attested.VERIFIED);
    }
    return identity.restrictions().demands(Attestation.TOUCH)
        ? authenticator.counted(SecondFactor.Attested.TOUCH)
        : new SecondFactor.None();
  }

  private <T> T within(Callable<T> question) throws Exception {
    FutureTask<T> asked = new FutureTask<>(question);
    Thread.ofVirtual().name("login-explain").start(asked);
    try {
      return asked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new TimeoutException(
          "no answer within limits.login-grace (%d s), after which the server disconnects"
              .formatted(configuration.limits().loginGrace().toSeconds()));
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw failed;
      }
    } finally {
      asked.cancel(true);
    }
  }
}
