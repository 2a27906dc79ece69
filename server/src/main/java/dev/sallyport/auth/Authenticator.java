package dev.sallyport.auth;

import static dev.sallyport.auth.PluginQuestions.Question.LOGIN;
import static dev.sallyport.auth.PluginQuestions.Question.RECHECK;

import dev.sallyport.model.Act;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.User;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.LoginAttempt;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the plugins in the order of the configuration; the first that knows the key decides. A
 * plugin that fails refuses the key. Safe for all threads; methods may wait for a plugin's source.
 */
public final class Authenticator {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.auth");
  private static final int SHOWN = 200;

  private final List<ConfiguredPlugin> plugins;
  private final List<PluginQuestions> questions;
  private final Map<String, Set<String>> groups;
  private final SecondFactorSettings secondFactor;
  private final Optional<ConfiguredFactor> factor;

  /**
   * @param groups the configuration's groups, each with its users
   * @param secondFactor which users must prove one
   */
  public Authenticator(
      List<ConfiguredPlugin> plugins,
      Map<String, Set<String>> groups,
      SecondFactorSettings secondFactor) {
    this.plugins = List.copyOf(plugins);
    this.questions = this.plugins.stream().map(PluginQuestions::new).toList();
    this.groups = Map.copyOf(groups);
    this.secondFactor = secondFactor;
    this.factor = interactiveFactor(this.plugins);
  }

  /** The plugins' answer about an offered key, which is not proven yet. */
  public Answer publicKey(LoginAttempt attempt, OfferedKey key) {
    return decide(attempt, key).answer();
  }

  /** As {@link #publicKey}, with the verdict of each plugin. */
  public KeyDecision decide(LoginAttempt attempt, OfferedKey key) {
    List<PluginAnswer> asked = new ArrayList<>();
    for (PluginQuestions one : questions) {
      String type = one.configured().type();
      Verdict verdict = ask(one, attempt, key);
      asked.add(new PluginAnswer(type, verdict));
      switch (verdict) {
        case Verdict.Accepted accepted -> {
          return new KeyDecision(asked, welcome(one.configured(), accepted, attempt));
        }
        case Verdict.Refused(String reason) -> {
          return new KeyDecision(asked, new Answer.Unwelcome(type, reason));
        }
        case Verdict.Unclaimed() -> {}
      }
    }
    return new KeyDecision(
        asked, new Answer.Unwelcome("", "no plugin knows this key for this user"));
  }

  /** The second factor of the first plugin that has one. */
  public static Optional<ConfiguredFactor> interactiveFactor(List<ConfiguredPlugin> plugins) {
    return plugins.stream()
        .flatMap(configured ->
            configured.plugin().interactiveFactor().stream()
                .map(factor -> new ConfiguredFactor(configured.type(), factor)))
        .findFirst();
  }

  /**
   * The second factor that users are asked for.
   *
   * @throws IllegalStateException when no plugin has one; the configuration is refused then
   */
  public ConfiguredFactor interactiveFactor() {
    return factor.orElseThrow(() -> new IllegalStateException("no plugin has a second factor"));
  }

  /** The second factor that a FIDO key's verified signature counts as. */
  public SecondFactor counted(SecondFactor.Attested attested) {
    return secondFactor.counted(attested);
  }

  /** What an earlier proof, possibly under another configuration, counts as now. */
  public SecondFactor recounted(SecondFactor proven) {
    return switch (proven) {
      case SecondFactor.SecurityKey(SecondFactor.Attested attested) -> counted(attested);
      case SecondFactor.Answered answered -> answered;
      case SecondFactor.None none -> none;
    };
  }

  /**
   * Whether the user must answer the plugin's questions to log in. Called only when a key is
   * proven: an unauthenticated client must not learn from the answer, or from its timing, which
   * users are enrolled. Waits for the plugin. If it fails, the questions are required.
   */
  public boolean mustProveMore(Identity identity) {
    if (identity.user().secondFactor().isProven()) {
      return false;
    }
    return switch (secondFactor.demand()) {
      case OF_NOBODY -> false;
      case OF_EVERYONE -> true;
      case OF_ENROLLED -> standing(identity.user()) == InteractiveFactor.Standing.ENROLLED;
    };
  }

  /** What this login needs besides the key, with the reason if it must fail. For explanations. */
  public SecondFactorDemand demand(Identity identity) {
    if (!mustProveMore(identity)) {
      return new SecondFactorDemand.Nothing();
    }
    ConfiguredFactor configured = interactiveFactor();
    String plugin = configured.plugin();
    try {
      return switch (configured.ask(factor -> factor.standing(identity.user().name()))) {
        case ENROLLED -> new SecondFactorDemand.Questions(plugin);
        case NOT_ENROLLED -> new SecondFactorDemand.NotEnrolled(plugin);
      };
    } catch (Exception | Error e) {
      return new SecondFactorDemand.Unknown(plugin, PluginFaults.reason(e));
    }
  }

  private InteractiveFactor.Standing standing(User user) {
    ConfiguredFactor configured = interactiveFactor();
    try {
      return configured.ask(factor -> factor.standing(user.name()));
    } catch (Exception | Error e) {
      PluginFaults.log(
          LOG,
          "plugin %s cannot tell who has a second factor, so everybody is asked for it"
              .formatted(configured.plugin()),
          e);
      return InteractiveFactor.Standing.ENROLLED;
    }
  }

  private static Verdict ask(PluginQuestions one, LoginAttempt attempt, OfferedKey key) {
    try {
      return one.atLogin(attempt, key);
    } catch (Exception | Error e) {
      one.failedFor(key, e);
      return new Verdict.Refused(PluginFaults.reason(e));
    }
  }

  private Answer welcome(
      ConfiguredPlugin configured, Verdict.Accepted accepted, LoginAttempt attempt) {
    Claim claim = new Claim(configured, accepted);
    Identity identity = identity(claim);
    return RestrictionEvaluator.forbids(identity, attempt.source(), Act.LOG_IN, attempt.at())
        .<Answer>map(denial -> new Answer.Unwelcome(configured.type(), denial.text()))
        .orElseGet(() -> new Answer.Welcome(identity, claim));
  }

  /** The identity of an accepted key, with the groups of this configuration. */
  public Identity identity(Claim claim) {
    Verdict.Accepted accepted = claim.accepted();
    return new Identity(
        User.of(accepted.user(), accepted.groups(), groups),
        accepted.restrictions(),
        claim.by().type(),
        accepted.label());
  }

  // ---- rechecks ----

  /**
   * Whether a login is still valid: the plugins are asked in their order, as at a login, and the
   * first that knows the key decides. Only the plugin that accepted the login is asked about this
   * login; the others are asked about a new one. A plugin that cannot answer does not revoke the
   * login, and does not stop another plugin from revoking it. Waits for the plugins, each for a
   * bounded time.
   *
   * @param at now
   */
  public Recheck recheck(Login login, Instant at) {
    ConfiguredPlugin before = login.claim().by();
    LoginAttempt attempt = new LoginAttempt(login.username(), login.source(), at);
    boolean isGone = plugins.stream().noneMatch(before::isSameBlock);
    Optional<Recheck> open = Optional.empty();
    Optional<Recheck> unclaimed = Optional.empty();
    for (PluginQuestions one : questions) {
      boolean same = before.isSameBlock(one.configured());
      Optional<Recheck> said = askAgain(one, same ? RECHECK : LOGIN, login, attempt);
      Optional<Recheck> silence =
          isGone && before.type().equals(one.configured().type())
              ? silence(one, said, login, attempt)
              : Optional.empty();
      if (said.isEmpty()) {
        unclaimed =
            same
                ? Optional.of(new Recheck.Revoked("plugin " + before + " knows the key no more"))
                : unclaimed.or(() -> silence);
        continue;
      }
      switch (silence.orElse(said.get())) {
        case Recheck.Unknown unknown -> open = open.or(() -> Optional.of(unknown));
        case Recheck.Revoked revoked -> {
          return revoked;
        }
        case Recheck.Stands stands -> {
          return open.isEmpty() ? stands : unclaimed.orElse(open.get());
        }
      }
    }
    Recheck gone = new Recheck.Revoked("no plugin knows the key any more");
    return unclaimed.orElse(open.orElse(gone));
  }

  /**
   * Whether a plugin whose block a reload has changed cannot answer about live logins. Some plugins
   * then do not know the key or refuse it at a login, which is no revocation.
   */
  private Optional<Recheck> silence(
      PluginQuestions plugin, Optional<Recheck> said, Login login, LoginAttempt attempt) {
    return said.filter(Recheck.Stands.class::isInstance).isPresent()
        ? Optional.empty()
        : askAgain(plugin, RECHECK, login, attempt).filter(Recheck.Unknown.class::isInstance);
  }

  /** The plugin's answer; empty when it does not know the key. */
  private Optional<Recheck> askAgain(
      PluginQuestions plugin,
      PluginQuestions.Question question,
      Login login,
      LoginAttempt attempt) {
    try {
      return switch (plugin.ask(question, attempt, login.key())) {
        case Verdict.Accepted accepted -> Optional.of(compare(plugin, accepted, login, attempt));
        case Verdict.Refused(String reason) ->
            Optional.of(new Recheck.Revoked(SafeText.escape(reason, SHOWN)));
        case Verdict.Unclaimed() -> Optional.empty();
      };
    } catch (Exception | Error e) {
      plugin.failed(question, e);
      return Optional.of(
          new Recheck.Unknown(
              "plugin "
                  + plugin.configured()
                  + " failed: "
                  + SafeText.escape(String.valueOf(e.getMessage()), SHOWN)));
    }
  }

  private Recheck compare(
      PluginQuestions plugin, Verdict.Accepted accepted, Login login, LoginAttempt attempt) {
    Verdict.Accepted before = login.claim().accepted();
    if (!accepted.user().equals(before.user())) {
      return new Recheck.Revoked(
          "the key speaks for " + SafeText.escape(accepted.user(), SHOWN) + " now");
    }
    if (demandsMoreOfTheSignature(accepted.restrictions(), before.restrictions(), login.key())) {
      return new Recheck.Revoked("the key must be touched or its owner verified at the login now");
    }
    return switch (welcome(plugin.configured(), accepted, attempt)) {
      case Answer.Welcome(Identity identity, Claim claim) -> new Recheck.Stands(identity, claim);
      case Answer.Unwelcome(String type, String reason) -> new Recheck.Revoked(reason);
    };
  }

  /**
   * Whether the key's restrictions now demand more of a FIDO signature than the login's attested. A
   * live login cannot sign again.
   */
  private static boolean demandsMoreOfTheSignature(
      Restrictions now, Restrictions before, OfferedKey key) {
    return key.type().startsWith("sk-") && !before.attestations().containsAll(now.attestations());
  }
}
