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

/** One event of every kind, as an evening at a bastion may bring it; for docs/audit-log.md. */
final class ExampleEvents {
  private static final Instant AT = Instant.parse("2026-03-14T18:03:21Z");
  private static final AuditEvent.Connection CONNECTION =
      new AuditEvent.Connection(
          new ConnectionId("1a2b3c4d-0d3e-4f5a-8b6c-7d8e9f0a1b2c"),
          new InetSocketAddress("203.0.113.7", 51234),
          new InetSocketAddress("10.0.1.5", 22));
  private static final InetSocketAddress WEB = new InetSocketAddress("10.0.2.15", 22);
  private static final AuditEvent.Forward FORWARD =
      new AuditEvent.Forward(
          "5e6f7a8b-1c2d-4e3f-9a4b-5c6d7e8f9a0b", "alice", new Target("db.internal", 5432));
  private static final InetSocketAddress DATABASE = new InetSocketAddress("10.0.3.15", 5432);
  private static final SessionFacts SESSION =
      new SessionFacts(
          "9c0d1e2f-3a4b-4c5d-8e6f-7a8b9c0d1e2f",
          "alice",
          new Target("10.0.2.15", 22),
          WEB,
          "ec2-user",
          "web",
          "gateway-command");
  private static final AuditEvent.Evidence KEY =
      new AuditEvent.Evidence(
          "publickey",
          "ssh-ed25519",
          "SHA256:4cHEgxUDA1r2LeZs1eWbhR3mfcZ1kbCn0xGqGs4hCNM",
          "authorized-keys");
  private static final AuditEvent.Penalty PENALTY =
      new AuditEvent.Penalty(
          InetAddress.ofLiteral("198.51.100.23"), "198.51.100.23", AT.minusSeconds(75));
  private static final String STATE = "/var/lib/sallyport/";
  private static final String RECORDING =
      STATE + "recordings/2026-03-14/9c0d1e2f-3a4b-4c5d-8e6f-7a8b9c0d1e2f";
  private static final String SHA_256 =
      "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";

  private ExampleEvents() {}

  static List<AuditEvent> all() {
    return Stream.of(server(), penalties(), logins(), forwards(), sessions(), recordings())
        .flatMap(List::stream)
        .toList();
  }

  private static List<AuditEvent> server() {
    String day = STATE + "audit/audit-2026-03-07.jsonl";
    String configuration = "/etc/sallyport/sallyport.conf";
    return List.of(
        new AuditEvent.ServerStarted(AT, "0.2.0", List.of(new InetSocketAddress("0.0.0.0", 22))),
        new AuditEvent.ServerStopped(AT, "SIGTERM"),
        new AuditEvent.RunEndedAbruptly(AT),
        new AuditEvent.ConfigurationLoaded(AT, configuration, SHA_256),
        new AuditEvent.ConfigurationReloaded(
            AT, configuration, SHA_256, List.of("groups.ops", "rules.web.to"), List.of("listen")),
        new AuditEvent.ConfigurationRefused(
            AT, configuration, List.of("sallyport.conf:14: rules[0].to: \"10.0.2.0/33\": bad")),
        new AuditEvent.LogRepaired(AT, day, day + ".torn", 17, SHA_256),
        new AuditEvent.LogRecovered(AT, AT.minusSeconds(9), "No space left on device", 3),
        new AuditEvent.LogFileCompressed(
            AT,
            new StoredFile(day, 9_000_000, SHA_256),
            new StoredFile(day + ".gz", 570_000, SHA_256),
            new LogSpan(10_000, 20_001, 30_000)),
        new AuditEvent.LogFileRemoved(
            AT,
            new StoredFile(day + ".gz", 570_000, SHA_256),
            new LogSpan(10_000, 20_001, 30_000),
            "it is older than audit.max-age"),
        new AuditEvent.DiskSpace(AT, STATE + "audit", 81, 1_900_000_000L, 80, true),
        new AuditEvent.MemoryRefused(AT, "alice", 40_000_000, 40_000_000, 90_000_000, 134_217_728),
        new AuditEvent.TargetKnownHostsChanged(
            AT, List.of("10.0.2.15 ssh-ed25519 SHA256:DMOJ…"), List.of()),
        new AuditEvent.TargetKeysForgotten(
            AT,
            "root",
            Optional.of("carol"),
            "10.0.2.15:22",
            List.of("ssh-ed25519 SHA256:DMOJ4b8jG1lZ")),
        new AuditEvent.SecondFactorChanged(
            AT,
            "root",
            Optional.of("carol"),
            "alice",
            "totp",
            AuditEvent.SecondFactorChanged.Change.ENROLLED));
  }

  private static List<AuditEvent> penalties() {
    return List.of(
        new AuditEvent.NoiseSummary(
            AT,
            AT.minusSeconds(60),
            40,
            7,
            5,
            2,
            11,
            Map.of("198.51.100.23", 31L, "198.51.100.99", 9L),
            false),
        new AuditEvent.PenaltyBegan(AT, PENALTY, "failed to log in", Duration.ofSeconds(20)),
        new AuditEvent.PenaltyEnded(AT, PENALTY, 12, "its time is over"));
  }

  private static List<AuditEvent> logins() {
    return List.of(
        new AuditEvent.ConnectionOpened(AT, CONNECTION),
        new AuditEvent.AuthenticationSucceeded(
            AT,
            CONNECTION,
            "alice",
            KEY,
            "alice@laptop",
            new SecondFactor.Answered("totp", "one-time code")),
        new AuditEvent.AuthenticationFailed(
            AT, CONNECTION, "alice", KEY, "this key is valid from other addresses only"),
        new AuditEvent.ConnectionRevoked(
            AT, CONNECTION, "alice", KEY, "the key of alice is no longer in the file"),
        new AuditEvent.RequestRefused(
            AT,
            CONNECTION,
            "alice",
            "tcpip-forward",
            "0.0.0.0:8080",
            "remote forwarding is not possible through this bastion"),
        new AuditEvent.ConnectionClosed(
            AT,
            CONNECTION,
            Optional.of("alice"),
            Optional.of("SSH-2.0-OpenSSH_9.6"),
            Duration.ofSeconds(75),
            12_345,
            67_890,
            "the client disconnected"));
  }

  private static List<AuditEvent> forwards() {
    return List.of(
        new AuditEvent.ForwardOpened(AT, CONNECTION, FORWARD, DATABASE, "db", "metadata"),
        new AuditEvent.ForwardRefused(
            AT,
            CONNECTION,
            FORWARD,
            new Denial(
                Denial.Reason.NO_RULE, "db.internal:5432 (10.0.3.15) is in no rule for alice")),
        new AuditEvent.ForwardFailed(AT, CONNECTION, FORWARD, "db", "Connection refused"),
        new AuditEvent.ForwardClosed(
            AT,
            CONNECTION,
            FORWARD,
            DATABASE,
            "db",
            1_234,
            56_789,
            Duration.ofSeconds(61),
            "the client closed it",
            new TrafficSummary(
                List.of(new TrafficSample(1, 1_234, 56_789, 12, 48)),
                "tls",
                Optional.empty(),
                Optional.empty())));
  }

  private static List<AuditEvent> sessions() {
    return List.of(
        new SessionEvent.SessionOpened(
            AT, CONNECTION, SESSION, "exec", "uptime", Optional.empty(), List.of("LANG=C.UTF-8")),
        new SessionEvent.SessionRequested(AT, CONNECTION, SESSION, "signal", "INT", true),
        new SessionEvent.AgentOpened(
            AT, CONNECTION, SESSION, "7f8e9d0c-1b2a-4c3d-8e4f-5a6b7c8d9e0f"),
        new SessionEvent.AgentClosed(
            AT,
            CONNECTION,
            SESSION,
            "7f8e9d0c-1b2a-4c3d-8e4f-5a6b7c8d9e0f",
            Duration.ofMillis(120),
            400,
            600),
        new SessionEvent.FileTransferred(
            AT,
            CONNECTION,
            SESSION,
            FileDirection.PUT,
            "/srv/www/index.html",
            4_096,
            0,
            SHA_256,
            "sftp",
            SessionEvent.OK,
            Optional.empty()),
        new SessionEvent.FileChanged(
            AT,
            CONNECTION,
            SESSION,
            FileChange.RENAME,
            "/srv/www/index.html",
            Optional.of("/srv/www/old.html"),
            "",
            SessionEvent.OK),
        new SessionEvent.TargetKeyAccepted(
            AT, CONNECTION, SESSION, "ssh-ed25519", "SHA256:DMOJ4b8jG1lZ", "accept-new"),
        new SessionEvent.TargetKeyRefused(
            AT,
            CONNECTION,
            SESSION,
            "ssh-ed25519",
            "SHA256:DMOJ4b8jG1lZ",
            "the known key is SHA256:9fKq0aWc2d"),
        new SessionEvent.SessionFailed(AT, CONNECTION, SESSION, "Connection refused"),
        new SessionEvent.SessionClosed(
            AT,
            CONNECTION,
            SESSION,
            "exec",
            "uptime",
            Optional.of(0),
            Optional.empty(),
            Duration.ofMillis(350),
            0,
            68,
            "the target closed it"));
  }

  private static List<AuditEvent> recordings() {
    return List.of(
        new RecordingEvent.RecordingStarted(AT, CONNECTION, SESSION, RECORDING),
        new RecordingEvent.RecordingFinalised(
            AT,
            CONNECTION,
            SESSION,
            RECORDING,
            Map.of("stdout", SHA_256),
            68,
            false,
            new TreeMap<>(),
            "the target closed it"),
        new RecordingEvent.RecordingFailed(
            AT, CONNECTION, SESSION, "No space left on device", false),
        new RecordingEvent.RecordingRemoved(
            AT, SESSION.id(), RECORDING, SHA_256, "it is older than recording.max-age"),
        new RecordingEvent.RecordingRead(
            AT, "root", Optional.of("carol"), SESSION.id(), RECORDING, "play"),
        new RecordingEvent.RecordingsSpace(AT, 900_000_000L, 1_073_741_824L, true));
  }
}
