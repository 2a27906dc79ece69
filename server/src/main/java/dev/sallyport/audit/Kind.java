package dev.sallyport.audit;

/**
 * Where OCSF puts each event, and what we call it.
 *
 * <p>A client's connection is SSH Activity (4007) rather than Network Activity (4001): it has every
 * attribute of the latter and those of SSH besides. A forward is Network Activity: whatever is
 * spoken in it, we carry TCP. What happens to the server itself is Application Lifecycle (6002),
 * and where that knows no activity of the kind, its activity is 99 (Other) with a name.
 *
 * @param code {@code metadata.event_code}, for readers of our log
 */
record Kind(int classUid, String className, int activity, String activityName, String code) {
  /** What a run ends with that was not killed. */
  static final String SERVER_STOPPED = "server-stopped";

  static Kind of(AuditEvent event) {
    return switch (event) {
      case AuditEvent.ServerStarted e -> lifecycle(3, "Start", "server-started");
      case AuditEvent.ServerStopped e -> lifecycle(4, "Stop", SERVER_STOPPED);
      case AuditEvent.RunEndedAbruptly e ->
          lifecycle(99, "Run Ended Abruptly", "run-ended-abruptly");
      case AuditEvent.ConfigurationLoaded e ->
          lifecycle(99, "Configuration Loaded", "configuration-loaded");
      case AuditEvent.LogRepaired e -> lifecycle(99, "Log Repaired", "log-repaired");
      case AuditEvent.LogRecovered e -> lifecycle(99, "Log Recovered", "log-recovered");
      case AuditEvent.NoiseSummary e -> network(6, "Traffic", "noise-summary");
      case AuditEvent.ConnectionOpened e -> ssh(1, "Open", "connection-opened");
      case AuditEvent.ConnectionClosed e -> ssh(2, "Close", "connection-closed");
      case AuditEvent.AuthenticationSucceeded e -> logon("authentication-succeeded");
      case AuditEvent.AuthenticationFailed e -> logon("authentication-failed");
      case AuditEvent.RequestRefused e -> ssh(5, "Refuse", "request-refused");
      case AuditEvent.ForwardOpened e -> network(1, "Open", "forward-opened");
      case AuditEvent.ForwardRefused e -> network(5, "Refuse", "forward-refused");
      case AuditEvent.ForwardFailed e -> network(4, "Fail", "forward-failed");
      case AuditEvent.ForwardClosed e -> network(2, "Close", "forward-closed");
    };
  }

  private static Kind lifecycle(int activity, String name, String code) {
    return new Kind(6002, "Application Lifecycle", activity, name, code);
  }

  private static Kind logon(String code) {
    return new Kind(3002, "Authentication", 1, "Logon", code);
  }

  private static Kind network(int activity, String name, String code) {
    return new Kind(4001, "Network Activity", activity, name, code);
  }

  private static Kind ssh(int activity, String name, String code) {
    return new Kind(4007, "SSH Activity", activity, name, code);
  }
}
