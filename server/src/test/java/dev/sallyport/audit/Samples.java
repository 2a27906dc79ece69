package dev.sallyport.audit;

import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Denial;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One event of every kind, with one text in all the places that come from outside. */
final class Samples {
  static final Instant AT = Instant.parse("2026-11-22T17:03:21Z");
  static final AuditEvent.Connection CONNECTION =
      new AuditEvent.Connection(
          new ConnectionId("c-1"),
          new InetSocketAddress("203.0.113.7", 51234),
          new InetSocketAddress("10.0.1.5", 22),
          Optional.of(new InetSocketAddress("10.0.9.9", 40000)));
  static final InetSocketAddress DIALLED = new InetSocketAddress("10.0.2.15", 22);
  static final AuditEvent.Penalty PENALTY =
      new AuditEvent.Penalty(
          InetAddress.ofLiteral("2001:db8::7"), "2001:db8::/64", AT.minusSeconds(75));
  static final AuditEvent.ServerStopped STOPPED = new AuditEvent.ServerStopped(AT, "SIGTERM");

  private Samples() {}

  static AuditEvent.ServerStopped stopped(String reason) {
    return new AuditEvent.ServerStopped(AT, reason);
  }

  static List<AuditEvent> all(String text) {
    return Stream.of(forwardsAndServer(text), sessions(text), recordings(text))
        .flatMap(List::stream)
        .toList();
  }

  private static List<AuditEvent> forwardsAndServer(String text) {
    AuditEvent.Forward forward = new AuditEvent.Forward("f-1", text, new Target(text, 22));
    AuditEvent.Evidence evidence = new AuditEvent.Evidence(text, text, text, text);
    AuditEvent.Evidence certified =
        new AuditEvent.Evidence(
            text, text, text, text, Optional.of(new AuditEvent.Certificate(text, "42", text)));
    return List.of(
        new AuditEvent.ServerStarted(AT, text, List.of(new InetSocketAddress("0.0.0.0", 22))),
        new AuditEvent.ServerStopped(AT, text),
        new AuditEvent.RunEndedAbruptly(AT),
        new AuditEvent.ConfigurationLoaded(AT, text, "ab12"),
        new AuditEvent.ConfigurationReloaded(
            AT, text, "ab12", List.of(text, "groups.ops"), List.of("listen")),
        new AuditEvent.ConfigurationRefused(AT, text, List.of(text, "x")),
        new AuditEvent.LogRepaired(AT, text, text, 17, "ab12"),
        new AuditEvent.LogFileCompressed(
            AT,
            new StoredFile("/a/" + text, 9000, "ab12"),
            new StoredFile("/a/" + text + ".gz", 800, "cd34"),
            new LogSpan(10, 1, 10)),
        new AuditEvent.LogFileRemoved(
            AT, new StoredFile("/a/" + text, 800, "cd34"), new LogSpan(10, 1, 10), text),
        new AuditEvent.DiskSpace(AT, text, 81, 5000, 80, true),
        new AuditEvent.LogRecovered(AT, AT.minusSeconds(9), text, 3),
        new AuditEvent.NoiseSummary(
            AT, AT.minusSeconds(60), 40, 7, 5, 2, 11, Map.of(text, 9L, "198.51.100.1", 31L), true),
        new AuditEvent.MemoryRefused(AT, text, 3000, 2500, 7000, 10_000),
        new AuditEvent.PenaltyBegan(AT, PENALTY, text, Duration.ofSeconds(16)),
        new AuditEvent.PenaltyEnded(AT, PENALTY, 12, text),
        new AuditEvent.SecondFactorChanged(
            AT,
            text,
            Optional.of(text),
            text,
            text,
            AuditEvent.SecondFactorChanged.Change.ENROLLED),
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
        new AuditEvent.AuthenticationSucceeded(
            AT, CONNECTION, text, evidence, text, new SecondFactor.Answered(text, text)),
        new AuditEvent.AuthenticationFailed(
            AT,
            CONNECTION,
            text,
            certified,
            text,
            List.of(
                new AuditEvent.Offer(certified, text),
                new AuditEvent.Offer(
                    new AuditEvent.Evidence("publickey", "ssh-rsa", "SHA256:b", ""), text)),
            2),
        new AuditEvent.ConnectionRevoked(AT, CONNECTION, text, evidence, text),
        new AuditEvent.RequestRefused(AT, CONNECTION, text, text, text, text),
        new AuditEvent.ForwardOpened(AT, CONNECTION, forward, DIALLED, text, text),
        new AuditEvent.ForwardRefused(
            AT, CONNECTION, forward, new Denial(Denial.Reason.NO_RULE, text)),
        new AuditEvent.ForwardFailed(AT, CONNECTION, forward, text, text),
        new AuditEvent.ForwardClosed(
            AT,
            CONNECTION,
            forward,
            DIALLED,
            text,
            100,
            200,
            Duration.ofMillis(1500),
            text,
            traffic(text)),
        new AuditEvent.TargetKnownHostsChanged(AT, List.of(text), List.of(text, "x")),
        new AuditEvent.TargetKeysForgotten(AT, text, Optional.of(text), text, List.of(text, "x")));
  }

  private static TrafficSummary traffic(String text) {
    return new TrafficSummary(
        List.of(new TrafficSample(1, 60, 150, 2, 3), new TrafficSample(2, 40, 50, 4, 5)),
        text,
        Optional.of(new SshGlimpse(text, "c-hassh")),
        Optional.of(new SshGlimpse(text, text)));
  }

  private static List<AuditEvent> sessions(String text) {
    SessionFacts session = session(text);
    return List.of(
        new SessionEvent.SessionOpened(
            AT, CONNECTION, session, text, text, Optional.of("ff00"), List.of("LANG=" + text)),
        new SessionEvent.SessionRequested(AT, CONNECTION, session, text, text, true),
        new SessionEvent.AgentOpened(AT, CONNECTION, session, "a-1"),
        new SessionEvent.AgentClosed(
            AT, CONNECTION, session, "a-1", Duration.ofMillis(1500), 100, 200),
        new SessionEvent.SessionClosed(
            AT,
            CONNECTION,
            session,
            text,
            text,
            Optional.of(3),
            Optional.of(text),
            Duration.ofMillis(1500),
            100,
            200,
            text),
        new SessionEvent.SessionFailed(AT, CONNECTION, session, text),
        new SessionEvent.FileTransferred(
            AT,
            CONNECTION,
            session,
            FileDirection.PUT,
            "/d/" + text,
            300,
            4096,
            "ab12",
            text,
            "ok",
            Optional.empty()),
        new SessionEvent.FileChanged(
            AT, CONNECTION, session, FileChange.RENAME, text, Optional.of(text), text, text),
        new SessionEvent.TargetKeyAccepted(AT, CONNECTION, session, text, text, text),
        new SessionEvent.TargetKeyRefused(AT, CONNECTION, session, text, text, text));
  }

  /** A session with one text in all the places that come from outside. */
  static SessionFacts session(String text) {
    return new SessionFacts("s-1", text, new Target(text, 22), DIALLED, text, text, text);
  }

  private static List<AuditEvent> recordings(String text) {
    SessionFacts session = session(text);
    return List.of(
        new RecordingEvent.RecordingStarted(AT, CONNECTION, session, "/r/" + text),
        new RecordingEvent.RecordingFinalised(
            AT,
            CONNECTION,
            session,
            "/r/" + text,
            Map.of(text, "ab12", "0.cast", "cd34"),
            4000,
            true,
            new TreeMap<>(Map.of(text, 12L)),
            text),
        new RecordingEvent.RecordingFailed(AT, CONNECTION, session, text, false),
        new RecordingEvent.RecordingRemoved(AT, "s-1", "/r/" + text, "ab12", text),
        new RecordingEvent.RecordingRead(AT, text, Optional.of(text), "s-1", "/r/" + text, text),
        new RecordingEvent.RecordingsSpace(AT, 5000, 9000, true));
  }
}
