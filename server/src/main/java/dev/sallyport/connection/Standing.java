package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.Identity;
import dev.sallyport.auth.Login;
import dev.sallyport.auth.Recheck;
import dev.sallyport.auth.RestrictionEvaluator;
import dev.sallyport.model.Act;
import dev.sallyport.model.Denial;
import dev.sallyport.model.OnceAMinute;
import dev.sallyport.model.SafeText;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the login of a live connection is still valid. It is checked every second without
 * waiting: a virtual thread asks the plugins, one question at a time. Any thread may read the
 * identity.
 */
final class Standing {
  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");
  private static final OnceAMinute FAILURES = new OnceAMinute();

  private final Current current;
  private final InstantSource clock;
  private final AuditEvent.Connection connection;
  private final AuditEvent.Evidence evidence;

  /** The last known identity, and the configuration under which its groups were looked up. */
  private record Known(Login login, Identity identity, InForce groupedUnder) {}

  private volatile Known known;

  // Guarded by this.
  private InForce askedUnder;
  private long next;
  private @Nullable Question question;
  private Optional<Long> unknownSince = Optional.empty();
  private String unknownWhy = "";
  private Optional<Lost> lost = Optional.empty();

  /** A question in progress. */
  private final class Question implements Runnable {
    private final InForce under;
    private final long begin;
    private final AtomicBoolean released = new AtomicBoolean();

    Question(InForce under, long begin) {
      this.under = under;
      this.begin = begin;
    }

    @Override
    public void run() {
      try {
        answered(this, under.authenticator().recheck(known.login(), clock.instant()));
      } catch (RuntimeException | Error bug) {
        // Without an answer no further question would be asked, and no revocation noticed.
        FAILURES.tell(more ->
            LOG.error(
                "checking whether a login is still valid failed inside the bastion{}", more, bug));
        answered(
            this, new Recheck.Unknown("the bastion failed: " + bug.getClass().getSimpleName()));
      } finally {
        release();
      }
    }

    /** Releases once: a thread whose start failed may run all the same. */
    void release() {
      if (released.compareAndSet(false, true)) {
        under.release();
      }
    }
  }

  /**
   * The login is not valid any more.
   *
   * @param sentence for the client
   * @param reason for the audit log
   */
  record Lost(String sentence, String reason) {}

  /**
   * @param clock the clock for restrictions
   * @param acceptedUnder the configuration under which the login was accepted
   */
  Standing(
      Current current,
      InstantSource clock,
      AuditEvent.Connection connection,
      ProvenLogin login,
      InForce acceptedUnder) {
    this.current = current;
    this.clock = clock;
    this.connection = connection;
    this.evidence = login.evidence();
    this.known = new Known(login.login(), login.identity(), acceptedUnder);
    this.askedUnder = acceptedUnder;
    this.next = System.nanoTime() + acceptedUnder.recheck().interval().toNanos();
  }

  AuditEvent.Evidence evidence() {
    return evidence;
  }

  /** The identity, with the groups of the configuration in force. */
  Identity identity() {
    InForce now = current.get();
    Known seen = known;
    return seen.groupedUnder() == now ? seen.identity() : regrouped(now);
  }

  /** One thread at a time, so that a new answer is not lost. */
  private synchronized Identity regrouped(InForce now) {
    Login login = known.login();
    known = renewed(login, now.authenticator().identity(login.claim()), now);
    return known.identity();
  }

  private Known renewed(Login login, Identity fresh, InForce now) {
    Identity renewed = known.identity().renewedBy(fresh);
    return new Known(
        login, renewed.with(now.authenticator().recounted(renewed.user().secondFactor())), now);
  }

  /**
   * Why the login is not valid any more; empty while it is. Starts the next question when it is
   * due.
   *
   * @param now by {@link System#nanoTime}
   */
  synchronized Optional<Lost> check(long now) {
    if (lost.isPresent()) {
      return lost;
    }
    Optional<Denial> denial =
        RestrictionEvaluator.forbids(
            identity(), connection.source().getAddress(), Act.LOG_IN, clock.instant());
    if (denial.isPresent()) {
      return Optional.of(new Lost(denial.get().text(), denial.get().text()));
    }
    InForce inForce = current.get();
    boolean isAsked = question != null && question.under == inForce;
    if (inForce != askedUnder || (!isAsked && now - next >= 0)) {
      ask(now);
    }
    Duration grace = inForce.recheck().grace();
    if (unknownSince.isPresent() && now - unknownSince.get() >= grace.toNanos()) {
      return Optional.of(
          new Lost(
              "for %d s it could not be checked whether %s may still be logged in; log in again"
                  .formatted(grace.toSeconds(), user()),
              "for %d s it could not be checked whether the login is still valid: %s"
                  .formatted(grace.toSeconds(), unknownWhy)));
    }
    return Optional.empty();
  }

  private void ask(long now) {
    InForce inForce = current.use();
    askedUnder = inForce;
    next = now + inForce.recheck().interval().toNanos();
    Question fresh = new Question(inForce, now);
    question = fresh;
    try {
      Thread.ofVirtual().name("recheck-" + connection.id().value()).start(fresh);
    } catch (OutOfMemoryError noThread) {
      // The JDK throws it also when the kernel grants no thread. The next question follows in due
      // course.
      answered(fresh, new Recheck.Unknown("there was no thread to ask on"));
      fresh.release();
    }
  }

  /** Called on the question's own thread. */
  private synchronized void answered(Question asked, Recheck answer) {
    if (question != asked) {
      // A reload has started another question.
      return;
    }
    question = null;
    switch (answer) {
      case Recheck.Stands(Identity identity, var claim) -> {
        unknownSince = Optional.empty();
        known = renewed(known.login().with(claim), identity, asked.under);
      }
      case Recheck.Revoked(String reason) ->
          lost =
              Optional.of(
                  new Lost("the key of %s is no longer accepted".formatted(user()), reason));
      case Recheck.Unknown(String reason) -> {
        unknownSince = unknownSince.or(() -> Optional.of(asked.begin));
        unknownWhy = reason;
      }
    }
  }

  private String user() {
    return SafeText.escape(known.identity().user().name(), 64);
  }
}
