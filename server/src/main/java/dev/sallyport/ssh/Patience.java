package dev.sallyport.ssh;

import java.time.Duration;

/**
 * Which limit of time a connection has used up. Knows no clock and no thread: the connections'
 * clock asks, once a second.
 */
final class Patience {
  private final TimeLimits limits;
  private final long begin;
  private boolean exchanging;
  private long exchangingSince;
  private int unanswered;

  /** What is to be done. */
  sealed interface Verdict {
    /** Nothing. */
    record Wait() implements Verdict {}

    /** The client is to be asked whether it is there. */
    record Ask() implements Verdict {}

    /** The connection is to end. */
    record End(String reason) implements Verdict {}
  }

  /**
   * @param begin when the connection began, as {@link System#nanoTime} has it, like all times here
   */
  Patience(TimeLimits limits, long begin) {
    this.limits = limits;
    this.begin = begin;
  }

  /** Before the login. */
  Verdict ofStranger(long now) {
    return now - begin > limits.loginGrace().toNanos()
        ? new Verdict.End("no login within " + seconds(limits.loginGrace()))
        : new Verdict.Wait();
  }

  /**
   * After the login.
   *
   * @param exchangesKeys whether a key exchange is under way
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
