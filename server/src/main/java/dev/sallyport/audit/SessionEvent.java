package dev.sallyport.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event about one session on a target. */
public sealed interface SessionEvent extends AuditEvent.OfConnection {
  /** The result of a successful file operation. */
  String OK = "ok";

  SessionFacts session();

  /**
   * A session begins. Its recording has been started on disk already.
   *
   * @param kind {@code shell}, {@code exec} or {@code subsystem} (RFC 4254, section 6.5)
   * @param command the command as text, or the subsystem's name; empty for a shell
   * @param commandHex the command's bytes in lower-case hexadecimal, only when they are not UTF-8
   * @param environment the variables that were sent to the target, {@code NAME=value}, in the
   *     client's order
   */
  record SessionOpened(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String kind,
      String command,
      Optional<String> commandHex,
      List<String> environment)
      implements SessionEvent {
    public SessionOpened {
      environment = List.copyOf(environment);
    }
  }

  /**
   * A session ended.
   *
   * @param kind as it was opened
   * @param command as it was opened
   * @param exitStatus the exit status, if the target sent one (RFC 4254, section 6.10)
   * @param exitSignal the signal's name without {@code SIG}, if there was one
   * @param bytesToTarget payload sent to the target
   * @param bytesFromTarget payload sent by the target
   */
  record SessionClosed(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String kind,
      String command,
      Optional<Integer> exitStatus,
      Optional<String> exitSignal,
      Duration duration,
      long bytesToTarget,
      long bytesFromTarget,
      String reason)
      implements SessionEvent {}

  /**
   * A session was allowed but failed: the target could not be reached, the login failed, or the
   * session could not be recorded.
   */
  record SessionFailed(
      Instant at, AuditEvent.Connection connection, SessionFacts session, String reason)
      implements SessionEvent {}

  /**
   * A request of the client's in a session that carries no data.
   *
   * @param request {@code signal}, {@code break} or {@code window-change} (RFC 4254, sections 6.7
   *     and 6.9; RFC 4335); {@code env} (section 6.4) when the target refused variables
   * @param detail the arguments as text: the signal's name, numbers, or the variables' names
   * @param passed false when the request was not sent to the target, or the target refused it
   */
  record SessionRequested(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String request,
      String detail,
      boolean passed)
      implements SessionEvent {}

  /**
   * A program on the target opens a channel to the user's agent (OpenSSH's PROTOCOL, {@code
   * auth-agent@openssh.com}).
   *
   * @param use a unique id, which the event of the end has too
   */
  record AgentOpened(Instant at, AuditEvent.Connection connection, SessionFacts session, String use)
      implements SessionEvent {}

  /**
   * A program on the target has used the user's agent.
   *
   * @param use the id at the opening
   * @param bytesToAgent bytes of the program's requests
   * @param bytesFromAgent bytes of the agent's answers
   */
  record AgentClosed(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String use,
      Duration duration,
      long bytesToAgent,
      long bytesFromAgent)
      implements SessionEvent {}

  /**
   * A file was transferred.
   *
   * @param path on the target, as sent
   * @param bytes the number of bytes transferred
   * @param offset the position of the first byte in the file; more than 0 when a transfer was
   *     resumed
   * @param sha256 of the transferred bytes, in lower-case hexadecimal; empty when they were not in
   *     order
   * @param protocol {@code sftp} or {@code scp}
   * @param result {@link #OK}, or the failure as text
   * @param unhashed why there is no hash, if the result does not say it
   */
  record FileTransferred(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      FileDirection direction,
      String path,
      long bytes,
      long offset,
      String sha256,
      String protocol,
      String result,
      Optional<String> unhashed)
      implements SessionEvent {}

  /**
   * A file of the target was renamed, removed or otherwise changed.
   *
   * @param path on the target, as sent
   * @param newPath its new name, or the target of a link
   * @param detail such as the permissions that were set; may be empty
   * @param result {@link #OK}, or the failure as text
   */
  record FileChanged(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      FileChange change,
      String path,
      Optional<String> newPath,
      String detail,
      String result)
      implements SessionEvent {}

  /**
   * An unknown host key of a target was accepted. Only logged for {@code accept-new}, and not for
   * keys that were known before.
   *
   * @param keyType such as {@code ssh-ed25519}
   * @param fingerprint {@code SHA256:…}
   * @param how {@code known_hosts}, {@code host certificate} or {@code accept-new}
   */
  record TargetKeyAccepted(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String keyType,
      String fingerprint,
      String how)
      implements SessionEvent {}

  /**
   * A target's host key was refused; another machine may be in its place.
   *
   * @param keyType such as {@code ssh-ed25519}
   * @param fingerprint {@code SHA256:…}
   */
  record TargetKeyRefused(
      Instant at,
      AuditEvent.Connection connection,
      SessionFacts session,
      String keyType,
      String fingerprint,
      String reason)
      implements SessionEvent {}
}
