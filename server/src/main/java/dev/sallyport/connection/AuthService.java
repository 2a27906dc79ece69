package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.FailureDelay;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerUserAuthService;

/**
 * The authentication protocol (RFC 4252), where the library counts questions as failures and shows
 * by its delay which users exist: here failures are counted as in OpenSSH, logged, and answered
 * after the same time whether the user exists or not.
 */
final class AuthService extends ServerUserAuthService {
  private final ClientConnection connection;
  private final FailureDelay failureDelay;

  private long begin;
  private String user = "";
  private String service = "";
  private String method = "";
  private Why why = invalid();
  private int refusals;
  private boolean bannerSent;

  /** Why the current message would be answered with SSH_MSG_USERAUTH_FAILURE. */
  private sealed interface Why {
    /**
     * An attempt failed.
     *
     * @param farewell the message with which the client is disconnected; empty when it may try
     *     again
     */
    record Failed(AuditEvent.Evidence evidence, String reason, String farewell) implements Why {}

    /** The client queried a key that is not accepted (RFC 4252, section 7), which is no attempt. */
    record NotWelcome(AuditEvent.Evidence evidence, String reason) implements Why {}
  }

  AuthService(ClientConnection connection, FailureDelay failureDelay) throws IOException {
    super(connection);
    this.connection = connection;
    this.failureDelay = failureDelay;
  }

  @Override
  public synchronized void process(int command, Buffer buffer) throws Exception {
    begin = System.nanoTime();
    if (command == SshConstants.SSH_MSG_USERAUTH_REQUEST) {
      int start = buffer.rpos();
      user = buffer.getString();
      service = buffer.getString();
      method = buffer.getString();
      buffer.rpos(start);
      sendBanner();
    }
    why = invalid();
    super.process(command, buffer);
  }

  /** Sent with the answer to the first request, as sshd does. Clients do not expect it earlier. */
  private void sendBanner() throws IOException {
    Banner banner = connection.begunUnder().settings().banner();
    if (bannerSent || !banner.isShown()) {
      return;
    }
    bannerSent = true;
    Buffer message = connection.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
    message.putString(banner.text());
    message.putString("");
    connection.writePacket(message);
  }

  private Why invalid() {
    return new Why.Failed(
        new AuditEvent.Evidence(method, "", "", ""), "the request is not valid", "");
  }

  /** Sets the reason in case the current message fails. */
  void because(AuditEvent.Evidence evidence, String reason) {
    why = new Why.Failed(evidence, reason, "");
  }

  /** As {@link #because}, when the message only queries a key (RFC 4252, section 7). */
  void becauseNotWelcome(AuditEvent.Evidence evidence, String reason) {
    why = new Why.NotWelcome(evidence, reason);
  }

  /**
   * As {@link #because}, for a failure that cannot be remedied by another attempt.
   *
   * @param farewell the message with which the client is disconnected
   */
  void becauseForGood(AuditEvent.Evidence evidence, String reason, String farewell) {
    why = new Why.Failed(evidence, reason, farewell);
  }

  /**
   * One method has succeeded. The library uses one list of methods for all users, which it read
   * before it knew the user. A user who needs no second factor is therefore accepted here, after
   * the key.
   */
  @Override
  protected void handleAuthenticationSuccess(int command, Buffer buffer) throws Exception {
    ProvenLogin proven = connection.proven();
    if (method.equals(PublicKeyMethod.NAME)
        && proven != null
        && !connection.begunUnder().authenticator().mustProveMore(proven.identity())) {
      connection.signalAuthenticationSuccess(user, service, buffer);
      return;
    }
    super.handleAuthenticationSuccess(command, buffer);
  }

  @Override
  protected void handleAuthenticationFailure(int command, Buffer buffer) throws Exception {
    // Clients send "none" to learn the methods (RFC 4252, section 5.2), which is no failure.
    if (!method.equals("none")) {
      // A query counts too, as with sshd's MaxAuthTries: the plugins look up each key.
      refusals++;
      switch (why) {
        case Why.NotWelcome(AuditEvent.Evidence evidence, String reason) ->
            connection.notWelcome(user, evidence, reason);
        case Why.Failed(AuditEvent.Evidence evidence, String reason, String farewell) -> {
          connection.failed(user, evidence, reason);
          if (!farewell.isEmpty()) {
            connection.disconnect(
                SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, farewell);
            return;
          }
        }
      }
    }
    // The login grace time bounds how often this can happen.
    LockSupport.parkNanos(failureDelay.nanosToWait(user, begin, System.nanoTime()));
    if (refusals >= connection.begunUnder().settings().limits().authenticationTries()) {
      connection.disconnect(
          SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
          "Too many authentication failures");
      return;
    }
    super.handleAuthenticationFailure(command, buffer);
  }
}
