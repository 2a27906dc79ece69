package dev.sallyport.ssh;

import java.time.Duration;

/**
 * The time limits of one connection. It has no clock and no thread: it is checked once a second.
 */
final class Patience {
  private final TimeLimits limits;
  private final long begin;
  private boolean exchanging;
  private long exchangingSince;
  private int unanswered;

  /** The result of a check. */
  sealed interface Verdict {
    /** All limits are kept. */
    record Wait() implements Verdict {}

    /** A keep-alive must be sent. */
    record Ask() implements Verdict {}

    /** The connection must end. */
    record End(String reason) implements Verdict {}
  }

  /**
   * @param begin when the connection began, by {@link System#nanoTime}, as all times here
   */
  Patience(TimeLimits limits, long begin) {
    this.limits = limits;
    this.begin = begin;
  }

  /** Checks an unauthenticated connection. */
  Verdict ofStranger(long now) {
    return now - begin > limits.loginGrace().toNanos()
        ? new Verdict.End("no login within " + seconds(limits.loginGrace()))
        : new Verdict.Wait();
  }

  /**
   * Checks a connection after the login.
   *
   * @param exchangesKeys whether a key exchange is in progress
   * @param lastReceived when the client's last message came
   */
  Verdict ofUser(long now, boolean exchangesKeys, long lastReceived) {
    if (exchangesTooLong(now, exchangesKeys)) {
      return new Verdict.End(
          "a key exchange took longer than " + seconds(limits.keyExchangeTimeout()));
    }
    long interval = limits.keepAliveInterval().toNanos();
    long silence = now - lastReceived;
    if (interval == 0 || silence < interval) {
      unanswered = 0;
      return new Verdict.Wait();
    }
    if (silence < interval * (unanswered + 1)) {
      return new Verdict.Wait();
    }
    if (unanswered == limits.keepAliveCount()) {
      return new Verdict.End("the client did not answer " + unanswered + " keep-alives");
    }
    unanswered++;
    return new Verdict.Ask();
  }

  private boolean exchangesTooLong(long now, boolean exchangesKeys) {
    if (exchangesKeys && !exchanging) {
      exchangingSince = now;
    }
    exchanging = exchangesKeys;
    return exchanging && now - exchangingSince > limits.keyExchangeTimeout().toNanos();
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }
}
