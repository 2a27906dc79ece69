package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Target;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/** Sessions to be recorded. */
public final class Samples {
  public static final AuditEvent.Connection CONNECTION =
      new AuditEvent.Connection(
          new ConnectionId("c-1"),
          new InetSocketAddress("203.0.113.7", 51234),
          new InetSocketAddress("10.0.1.5", 22));

  /** Nothing in reserve, and all else as usual. */
  public static final RecordingSettings STRICT =
      new RecordingSettings(
          0, Duration.ofDays(365), 0, 1 << 20, RecordingSettings.Guarantee.STRICT);

  public static final RecordingSettings BEST_EFFORT =
      new RecordingSettings(
          0, Duration.ofDays(365), 0, 1 << 20, RecordingSettings.Guarantee.BEST_EFFORT);

  private Samples() {}

  public static SessionFacts session() {
    return session("alice", "web.internal");
  }

  public static SessionFacts session(String user, String host) {
    return new SessionFacts(
        UUID.randomUUID().toString(),
        user,
        new Target(host, 22),
        new InetSocketAddress("10.0.2.15", 22),
        "ec2-user",
        "web-ssh",
        "gateway-command");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
