package dev.sallyport.audit;

/**
 * The OCSF class and activity of each event, and our own name for it.
 *
 * <p>A client's connection is SSH Activity (4007) rather than Network Activity (4001): it has all
 * attributes of the latter, and those of SSH. A forward is Network Activity, because the bastion
 * only carries TCP, whatever protocol it contains. Events of the server itself are Application
 * Lifecycle (6002), and if that has no suitable activity, the activity is 99 (Other) with a name.
 * An operator's change of a user is Account Change (3001).
 *
 * <p>A session on a target is SSH Activity too, because the bastion speaks SSH with the target,
 * however the user opened the session; and so is the use of the user's agent by a program there,
 * which is a channel of the connection. Changes of the target's files are FTP Activity (4008),
 * which OCSF intends for SFTP as well, with activity 99 if it has no suitable one: File System
 * Activity (1001) has no attributes for client and target, and is about files of the reporting
 * device. Recordings are such files, and so are the log's own files, which the bastion compresses
 * and removes.
 *
 * @param code {@code metadata.event_code}
 */
record Kind(int classUid, String className, int activity, String activityName, String code) {
  /** The event at the end of a run that was not killed. */
  static final String SERVER_STOPPED = "server-stopped";

  private static final String FILE_TRANSFERRED = "file-transferred";
  private static final String FILE_CHANGED = "file-changed";

  static Kind of(AuditEvent event) {
    return switch (event) {
      case AuditEvent.ServerStarted e -> lifecycle(3, "Start", "server-started");
      case AuditEvent.ServerStopped e -> lifecycle(4, "Stop", SERVER_STOPPED);
      case AuditEvent.RunEndedAbruptly e ->
          lifecycle(99, "Run Ended Abruptly", "run-ended-abruptly");
      case AuditEvent.ConfigurationLoaded e ->
          lifecycle(99, "Configuration Loaded", "configuration-loaded");
      case AuditEvent.ConfigurationReloaded e ->
          lifecycle(99, "Configuration Reloaded", "configuration-reloaded");
      case AuditEvent.ConfigurationRefused e ->
          lifecycle(99, "Configuration Refused", "configuration-refused");
      case AuditEvent.LogRepaired e -> lifecycle(99, "Log Repaired", "log-repaired");
      case AuditEvent.LogRecovered e -> lifecycle(99, "Log Recovered", "log-recovered");
      case AuditEvent.MemoryRefused e -> lifecycle(99, "Memory Refused", "memory-refused");
      case AuditEvent.LogFileCompressed e -> file(99, "Compress", "log-file-compressed");
      case AuditEvent.LogFileRemoved e -> file(4, "Delete", "log-file-removed");
      case AuditEvent.DiskSpace e ->
          lifecycle(99, e.low() ? "Disk Space Low" : "Disk Space Recovered", "disk-space");
      case AuditEvent.NoiseSummary e -> network(6, "Traffic", "noise-summary");
      case AuditEvent.PenaltyBegan e -> network(5, "Refuse", "penalty-began");
      case AuditEvent.PenaltyEnded e -> network(99, "Penalty Ended", "penalty-ended");
      case AuditEvent.ConnectionOpened e -> ssh(1, "Open", "connection-opened");
      case AuditEvent.ConnectionClosed e -> ssh(2, "Close", "connection-closed");
      case AuditEvent.AuthenticationSucceeded e -> logon("authentication-succeeded");
      case AuditEvent.AuthenticationFailed e -> logon("authentication-failed");
      case AuditEvent.ConnectionRevoked e -> ssh(99, "Revoke", "connection-revoked");
      case AuditEvent.RequestRefused e -> ssh(5, "Refuse", "request-refused");
      case AuditEvent.ForwardOpened e -> network(1, "Open", "forward-opened");
      case AuditEvent.ForwardRefused e -> network(5, "Refuse", "forward-refused");
      case AuditEvent.ForwardFailed e -> network(4, "Fail", "forward-failed");
      case AuditEvent.ForwardClosed e -> network(2, "Close", "forward-closed");
      case AuditEvent.TargetKnownHostsChanged e ->
          lifecycle(99, "Known Hosts Changed", "known-hosts-changed");
      case AuditEvent.TargetKeysForgotten e ->
          lifecycle(99, "Target Keys Forgotten", "target-keys-forgotten");
      case AuditEvent.SecondFactorChanged e ->
          switch (e.change()) {
            case ENROLLED -> account(10, "MFA Factor Enable", "second-factor-changed");
            case REMOVED -> account(11, "MFA Factor Disable", "second-factor-changed");
          };
      case SessionEvent e -> of(e);
      case RecordingEvent e -> of(e);
    };
  }

  private static Kind of(SessionEvent event) {
    return switch (event) {
      case SessionEvent.SessionOpened e -> ssh(1, "Open", "session-opened");
      case SessionEvent.SessionClosed e -> ssh(2, "Close", "session-closed");
      case SessionEvent.SessionFailed e -> ssh(4, "Fail", "session-failed");
      case SessionEvent.SessionRequested e -> ssh(99, "Request", "session-requested");
      case SessionEvent.AgentOpened e -> ssh(1, "Open", "agent-opened");
      case SessionEvent.AgentClosed e -> ssh(2, "Close", "agent-closed");
      case SessionEvent.TargetKeyAccepted e ->
          ssh(99, "Target Key Accepted", "target-key-accepted");
      case SessionEvent.TargetKeyRefused e -> ssh(5, "Refuse", "target-key-refused");
      case SessionEvent.FileTransferred e ->
          switch (e.direction()) {
            case PUT -> ftp(1, "Put", FILE_TRANSFERRED);
            case GET -> ftp(2, "Get", FILE_TRANSFERRED);
          };
      case SessionEvent.FileChanged e ->
          switch (e.change()) {
            case REMOVE, REMOVE_DIRECTORY -> ftp(4, "Delete", FILE_CHANGED);
            case RENAME -> ftp(5, "Rename", FILE_CHANGED);
            case MAKE_DIRECTORY -> ftp(99, "Make Directory", FILE_CHANGED);
            case SET_ATTRIBUTES -> ftp(99, "Set Attributes", FILE_CHANGED);
            case LINK -> ftp(99, "Link", FILE_CHANGED);
            case COPY -> ftp(99, "Copy", FILE_CHANGED);
            case UNKNOWN -> ftp(99, "Unknown", FILE_CHANGED);
          };
    };
  }

  private static Kind of(RecordingEvent event) {
    return switch (event) {
      case RecordingEvent.RecordingStarted e -> file(1, "Create", "recording-started");
      case RecordingEvent.RecordingFinalised e -> file(3, "Update", "recording-finalised");
      case RecordingEvent.RecordingFailed e -> file(99, "Recording Failed", "recording-failed");
      case RecordingEvent.RecordingRemoved e -> file(4, "Delete", "recording-removed");
      case RecordingEvent.RecordingRead e -> file(2, "Read", "recording-read");
      case RecordingEvent.RecordingsSpace e ->
          lifecycle(
              99,
              e.low() ? "Recordings Space Low" : "Recordings Space Recovered",
              "recordings-space");
    };
  }

  private static Kind account(int activity, String name, String code) {
    return new Kind(3001, "Account Change", activity, name, code);
  }

  private static Kind file(int activity, String name, String code) {
    return new Kind(1001, "File System Activity", activity, name, code);
  }

  private static Kind ftp(int activity, String name, String code) {
    return new Kind(4008, "FTP Activity", activity, name, code);
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
