package dev.sallyport.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event of one session on a target. */
public sealed interface SessionEvent extends AuditEvent.OfConnection {
  /** The result of what was done to a file, if it succeeded. */
  String OK = "ok";

  SessionFacts session();

  /**
   * A session begins; its recording, if the rule wants one, is on disk already.
   *
   * @param kind {@code shell}, {@code exec} or {@code subsystem} (RFC 4254, section 6.5)
   * @param command the command or the subsystem's name, for people; empty for a shell
   * @param commandHex the command's bytes, lower-case hexadecimal, when they are not UTF-8
   * @param environment the variables that the target was told, {@code NAME=value}, in the client's
   *     order
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
   * @param exitStatus what the target said, if it did (RFC 4254, section 6.10)
   * @param exitSignal the signal's name without {@code SIG}, if there was one
   * @param bytesToTarget payload the target was sent
   * @param bytesFromTarget payload the target sent
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
   * A session was allowed and did not come about: the target could not be reached or did not let us
   * in, or the session could not be recorded.
   */
  record SessionFailed(
      Instant at, AuditEvent.Connection connection, SessionFacts session, String reason)
      implements SessionEvent {}

  /**
   * The client asked for something in a session that passes no data.
   *
   * @param request {@code signal}, {@code break} or {@code window-change} (RFC 4254, sections 6.7
   *     and 6.9; RFC 4335); {@code env} (section 6.4) when the target refused variables
   * @param detail as the client sent it: the signal's name, numbers in words, or the variables'
   *     names
   * @param passed false when the target was not asked for it, or refused it
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
   * A program on the target is about to use the user's agent (OpenSSH's PROTOCOL, {@code
   * auth-agent@openssh.com}).
   *
   * @param use unique for all time: the same when it ends
   */
  record AgentOpened(Instant at, AuditEvent.Connection connection, SessionFacts session, String use)
      implements SessionEvent {}

  /**
   * A program on the target used the user's agent.
   *
   * @param use as it was opened
   * @param bytesToAgent what the program asked
   * @param bytesFromAgent what the agent answered
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
   * A file's bytes passed.
   *
   * @param path on the target, as sent
   * @param bytes how many passed
   * @param offset where in the file they begin; more than 0 when a transfer was taken up again
   * @param sha256 of what passed, lower-case hexadecimal; empty when it did not pass in one order
   * @param protocol {@code sftp} or {@code scp}
   * @param result {@link #OK}, or why not, in words
   * @param unhashed why there is no hash, where the result does not say it
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
   * @param newPath what it is called from now on, or what a link points at
   * @param detail such as the permissions that were set; may be empty
   * @param result {@link #OK}, or why not, in words
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
   * The target showed a host key that we did not know, and it was believed. Tell it only for {@code
   * accept-new}: what was known beforehand is no news.
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
   * The target showed a host key that is not the one it must have: it may be somebody else.
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
