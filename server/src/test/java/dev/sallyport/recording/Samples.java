package dev.sallyport.recording;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.SessionFacts;
import dev.sallyport.model.ConnectionId;
import dev.sallyport.model.Target;
import dev.sallyport.recording.RecordingSettings.Guarantee;
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

  static final long MEBIBYTE = 1 << 20;

  /** Nothing in reserve, and all else as usual. */
  public static final RecordingSettings STRICT = reserve(0, Guarantee.STRICT);

  public static final RecordingSettings BEST_EFFORT = reserve(0, Guarantee.BEST_EFFORT);

  private Samples() {}

  /**
   * @param bytes kept in reserve
   */
  static RecordingSettings reserve(long bytes, Guarantee guarantee) {
    RecordingSettings usual = RecordingSettings.DEFAULT;
    return new RecordingSettings(
        bytes,
        usual.minAge(),
        usual.maxAge(),
        0,
        usual.sessionBytes(),
        usual.userBytes(),
        usual.execOutputBytes(),
        guarantee);
  }

  /**
   * @param maxBytes that all recordings may take; 0 is unbounded
   */
  static RecordingSettings kept(Duration minAge, Duration maxAge, long maxBytes) {
    RecordingSettings usual = RecordingSettings.DEFAULT;
    return new RecordingSettings(
        0,
        minAge,
        maxAge,
        maxBytes,
        usual.sessionBytes(),
        usual.userBytes(),
        usual.execOutputBytes(),
        Guarantee.STRICT);
  }

  /**
   * @param session bytes that one recording may take
   * @param user bytes that the recordings of one user and day may take
   */
  static RecordingSettings bounds(long session, long user, Guarantee guarantee) {
    RecordingSettings usual = RecordingSettings.DEFAULT;
    return new RecordingSettings(
        0, usual.minAge(), usual.maxAge(), 0, session, user, usual.execOutputBytes(), guarantee);
  }

  /** Best effort, with so much of each stream. */
  static RecordingSettings execOutput(long bytes) {
    RecordingSettings usual = RecordingSettings.DEFAULT;
    return new RecordingSettings(
        0,
        usual.minAge(),
        usual.maxAge(),
        0,
        usual.sessionBytes(),
        usual.userBytes(),
        bytes,
        Guarantee.BEST_EFFORT);
  }

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
