package dev.sallyport.config;

import dev.sallyport.audit.EventLimit;
import dev.sallyport.connection.Limits;
import dev.sallyport.forward.ForwardSettings;
import dev.sallyport.gateway.relay.Gateway;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code sallyport.limits}: limits of connections, forwards, sessions and each user's events.
 *
 * @param sessionStart time from the opening of a session to its request for a shell, a command or a
 *     subsystem: idle channels hold memory and threads
 */
record LimitsBlock(
    Limits limits, ForwardSettings forwards, EventLimit events, Duration sessionStart) {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEAR = Duration.ofDays(365);
  private static final int MANY = 100_000;
  private static final int MOST_EVENTS = 10_000;
  private static final int LARGEST_BURST = 10_000_000;

  static LimitsBlock read(Block block) {
    Limits limits = readLimits(block, Limits.DEFAULT);
    ForwardSettings forwards = readForwards(block, ForwardSettings.DEFAULT);
    EventLimit events =
        new EventLimit(
            block.number("user-events", 1, MOST_EVENTS, EventLimit.DEFAULT.perSecond()),
            block.number(
                "user-events-burst",
                EventLimit.LEAST_BURST,
                LARGEST_BURST,
                EventLimit.DEFAULT.burst()));
    if (limits.unauthenticatedStart() > limits.unauthenticatedFull()) {
      block.error(
          "unauthenticated-start",
          "is "
              + limits.unauthenticatedStart()
              + ", above unauthenticated-full, which is "
              + limits.unauthenticatedFull());
    }
    if (forwards.attemptDelay().compareTo(forwards.connectTimeout()) >= 0) {
      block.error(
          "attempt-delay",
          "is "
              + DurationText.of(forwards.attemptDelay())
              + ", so that only the first address is tried within connect-timeout, which is "
              + DurationText.of(forwards.connectTimeout()));
    }
    Duration sessionStart = block.duration("session-start", SECOND, HOUR, Gateway.SESSION_START);
    block.end();
    return new LimitsBlock(limits, forwards, events, sessionStart);
  }

  private static Limits readLimits(Block block, Limits otherwise) {
    return new Limits(
        block.number("unauthenticated-start", 1, MANY, otherwise.unauthenticatedStart()),
        block.number("unauthenticated-rate", 1, 100, otherwise.unauthenticatedRate()),
        block.number("unauthenticated-full", 1, MANY, otherwise.unauthenticatedFull()),
        block.number("unauthenticated-per-source", 1, MANY, otherwise.unauthenticatedPerSource()),
        block.duration("login-grace", SECOND, HOUR, otherwise.loginGrace()),
        block.number("authentication-tries", 1, 100, otherwise.authenticationTries()),
        block.number("connections-per-user", 1, MANY, otherwise.connectionsPerUser()),
        block.number("channels-per-connection", 1, MANY, otherwise.channelsPerConnection()),
        block.duration("keep-alive-interval", SECOND, HOUR, otherwise.keepAliveInterval()),
        block.number("keep-alive-count", 1, 100, otherwise.keepAliveCount()),
        block.duration("key-exchange-timeout", SECOND, HOUR, otherwise.keyExchangeTimeout()));
  }

  private static ForwardSettings readForwards(Block block, ForwardSettings otherwise) {
    return new ForwardSettings(
        block.duration(
            "connect-timeout",
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            otherwise.connectTimeout()),
        // RFC 8305, section 5: at least 10 ms; more than 2 s would be noticeable.
        block.duration(
            "attempt-delay",
            Duration.ofMillis(10),
            Duration.ofSeconds(2),
            otherwise.attemptDelay()),
        block.duration("forward-idle-timeout", Duration.ZERO, YEAR, otherwise.idleTimeout()),
        block.duration("forward-max-duration", Duration.ZERO, YEAR, otherwise.maxDuration()));
  }

  Map<String, Object> print() {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("unauthenticated-start", limits.unauthenticatedStart());
    block.put("unauthenticated-rate", limits.unauthenticatedRate());
    block.put("unauthenticated-full", limits.unauthenticatedFull());
    block.put("unauthenticated-per-source", limits.unauthenticatedPerSource());
    block.put("login-grace", DurationText.of(limits.loginGrace()));
    block.put("authentication-tries", limits.authenticationTries());
    block.put("connections-per-user", limits.connectionsPerUser());
    block.put("channels-per-connection", limits.channelsPerConnection());
    block.put("session-start", DurationText.of(sessionStart));
    block.put("keep-alive-interval", DurationText.of(limits.keepAliveInterval()));
    block.put("keep-alive-count", limits.keepAliveCount());
    block.put("key-exchange-timeout", DurationText.of(limits.keyExchangeTimeout()));
    block.put("connect-timeout", DurationText.of(forwards.connectTimeout()));
    block.put("attempt-delay", DurationText.of(forwards.attemptDelay()));
    block.put("forward-idle-timeout", DurationText.of(forwards.idleTimeout()));
    block.put("forward-max-duration", DurationText.of(forwards.maxDuration()));
    block.put("user-events", events.perSecond());
    block.put("user-events-burst", events.burst());
    return block;
  }
}
