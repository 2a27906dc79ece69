package dev.sallyport.audit;

import java.util.Optional;

/**
 * The user whose {@link EventRate} is charged for a line of the log.
 *
 * @param paid whether the action has paid for the event in advance; a line beyond {@link
 *     EventLimit#EVENT_BYTES} is charged in any case
 */
record Charge(String user, boolean paid) {
  /** Empty for events that were not caused by an authenticated user. */
  static Optional<Charge> of(AuditEvent event) {
    return switch (event) {
      case AuditEvent.OfConnection e -> ofConnection(e);
      case AuditEvent.MemoryRefused e -> owed(e.user());
      case AuditEvent.ServerStarted _,
          AuditEvent.ServerStopped _,
          AuditEvent.RunEndedAbruptly _,
          AuditEvent.ConfigurationLoaded _,
          AuditEvent.ConfigurationReloaded _,
          AuditEvent.ConfigurationRefused _,
          AuditEvent.LogRepaired _,
          AuditEvent.LogRecovered _,
          AuditEvent.LogFileCompressed _,
          AuditEvent.LogFileRemoved _,
          AuditEvent.DiskSpace _,
          AuditEvent.NoiseSummary _,
          AuditEvent.PenaltyBegan _,
          AuditEvent.PenaltyEnded _,
          AuditEvent.TargetKnownHostsChanged _,
          AuditEvent.TargetKeysForgotten _,
          AuditEvent.SecondFactorChanged _ ->
          Optional.empty();
      // The session has paid for the removal of its recording.
      case RecordingEvent.RecordingRemoved _,
          RecordingEvent.RecordingRead _,
          RecordingEvent.RecordingsSpace _ ->
          Optional.empty();
    };
  }

  private static Optional<Charge> ofConnection(AuditEvent.OfConnection event) {
    return switch (event) {
      // Before the login, the budget of unauthenticated clients applies (Strangers).
      case AuditEvent.ConnectionOpened _, AuditEvent.AuthenticationFailed _ -> Optional.empty();
      case AuditEvent.AuthenticationSucceeded e -> paid(e.user());
      case AuditEvent.ConnectionClosed e -> e.user().flatMap(Charge::paid);
      case AuditEvent.ConnectionRevoked e -> owed(e.user());
      case AuditEvent.RequestRefused e -> paid(e.user());
      case AuditEvent.OfForward e -> paid(e.forward().user());
      case SessionEvent e -> ofSession(e);
      case RecordingEvent.OfSession e -> ofRecording(e);
    };
  }

  private static Optional<Charge> ofSession(SessionEvent event) {
    String user = event.session().user();
    return switch (event) {
      case SessionEvent.SessionOpened _,
          SessionEvent.SessionClosed _,
          SessionEvent.SessionFailed _,
          SessionEvent.AgentOpened _,
          SessionEvent.AgentClosed _ ->
          paid(user);
      case SessionEvent.SessionRequested _,
          SessionEvent.FileTransferred _,
          SessionEvent.FileChanged _,
          SessionEvent.TargetKeyAccepted _,
          SessionEvent.TargetKeyRefused _ ->
          owed(user);
    };
  }

  private static Optional<Charge> ofRecording(RecordingEvent.OfSession event) {
    String user = event.session().user();
    return switch (event) {
      case RecordingEvent.RecordingStarted _, RecordingEvent.RecordingFinalised _ -> paid(user);
      case RecordingEvent.RecordingFailed _ -> owed(user);
    };
  }

  private static Optional<Charge> paid(String user) {
    return Optional.of(new Charge(user, true));
  }

  private static Optional<Charge> owed(String user) {
    return Optional.of(new Charge(user, false));
  }

  /** The number of events to charge for a line of that length. */
  int events(int bytes) {
    return (paid ? 0 : 1) + bytes / EventLimit.EVENT_BYTES;
  }
}
