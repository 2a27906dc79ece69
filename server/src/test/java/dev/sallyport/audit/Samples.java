package dev.sallyport.audit;

import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One event of every kind, with one text in all the places that come from outside. */
final class Samples {
  static final Instant AT = Instant.parse("2026-11-22T17:03:21Z");
  static final AuditEvent.Connection CONNECTION =
      new AuditEvent.Connection(
          new ConnectionId("c-1"),
          new InetSocketAddress("203.0.113.7", 51234),
          new InetSocketAddress("10.0.1.5", 22));
  static final InetSocketAddress DIALLED = new InetSocketAddress("10.0.2.15", 22);
  static final AuditEvent.ServerStopped STOPPED = new AuditEvent.ServerStopped(AT, "SIGTERM");

  private Samples() {}

  static AuditEvent.ServerStopped stopped(String reason) {
    return new AuditEvent.ServerStopped(AT, reason);
  }

  static List<AuditEvent> all(String text) {
    AuditEvent.Forward forward = new AuditEvent.Forward("f-1", text, new Target(text, 22));
    AuditEvent.Evidence evidence = new AuditEvent.Evidence(text, text, text, text);
    return List.of(
        new AuditEvent.ServerStarted(AT, text, List.of(new InetSocketAddress("0.0.0.0", 22))),
        new AuditEvent.ServerStopped(AT, text),
        new AuditEvent.RunEndedAbruptly(AT),
        new AuditEvent.ConfigurationLoaded(AT, text, "ab12"),
        new AuditEvent.LogRepaired(AT, text, text, 17, "ab12"),
        new AuditEvent.LogRecovered(AT, AT.minusSeconds(9), text, 3),
        new AuditEvent.NoiseSummary(
            AT, AT.minusSeconds(60), 40, 7, 11, Map.of(text, 9L, "198.51.100.1", 31L), true),
        new AuditEvent.ConnectionOpened(AT, CONNECTION),
        new AuditEvent.ConnectionClosed(
            AT,
            CONNECTION,
            Optional.of(text),
            Optional.of(text),
            Duration.ofSeconds(75),
            1234,
            5678,
            text),
        new AuditEvent.AuthenticationSucceeded(AT, CONNECTION, text, evidence, text),
        new AuditEvent.AuthenticationFailed(AT, CONNECTION, text, evidence, text),
        new AuditEvent.RequestRefused(AT, CONNECTION, text, text, text, text),
        new AuditEvent.ForwardOpened(AT, CONNECTION, forward, DIALLED, text),
        new AuditEvent.ForwardRefused(
            AT, CONNECTION, forward, new Denial(Denial.Reason.NO_RULE, text)),
        new AuditEvent.ForwardFailed(AT, CONNECTION, forward, text, text),
        new AuditEvent.ForwardClosed(
            AT, CONNECTION, forward, DIALLED, text, 100, 200, Duration.ofMillis(1500), text));
  }
}
