package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerUserAuthService;

/**
 * The authentication protocol (RFC 4252) with what the library leaves out: failures are counted as
 * OpenSSH counts them, recorded, and answered no sooner for users who do not exist than for those
 * who do.
 */
final class AuthService extends ServerUserAuthService {
  private final ClientConnection connection;

  private long begin;
  private String user = "";
  private String service = "";
  private String method = "";
  private Why why = invalid();
  private int refusals;
  private boolean bannerSent;

  /** Why the message at hand is answered with no, should it be. */
  private sealed interface Why {
    /**
     * An attempt failed.
     *
     * @param farewell what the client is told instead of being asked again; empty when it is asked
     */
    record Failed(AuditEvent.Evidence evidence, String reason, String farewell) implements Why {}

    /** The client asked about a key that is not welcome, and attempted nothing. */
    record NotWelcome(AuditEvent.Evidence evidence, String reason) implements Why {}
  }

  AuthService(ClientConnection connection) throws IOException {
    super(connection);
    this.connection = connection;
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

  /** With the answer to the first request, as sshd does: earlier, clients would not expect it. */
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

  /** Keeps why the message at hand fails, should it fail. */
  void because(AuditEvent.Evidence evidence, String reason) {
    why = new Why.Failed(evidence, reason, "");
  }

  /** As {@link #because}, when the message only asks about a key (RFC 4252, section 7). */
  void becauseNotWelcome(AuditEvent.Evidence evidence, String reason) {
    why = new Why.NotWelcome(evidence, reason);
  }

  /**
   * As {@link #because}, for what trying again cannot help.
   *
   * @param farewell what the client is told; the connection ends with it
   */
  void becauseForGood(AuditEvent.Evidence evidence, String reason, String farewell) {
    why = new Why.Failed(evidence, reason, farewell);
  }

  /**
   * One method has succeeded. The library goes by one list of methods for all users, which it read
   * before it knew whose login it is; a user who need not prove more is let in here, after the key,
   * and is asked for nothing.
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
    // Clients send "none" to learn the methods (RFC 4252, section 5.2); that is no failure.
    if (!method.equals("none")) {
      // A question counts too, as sshd's MaxAuthTries has it: the plugins look for each key.
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
    // The grace period for the login bounds how long this can go on.
    LockSupport.parkNanos(
        connection.services().failureDelay().nanosToWait(user, begin, System.nanoTime()));
    if (refusals >= connection.begunUnder().settings().limits().authenticationTries()) {
      connection.disconnect(
          SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
          "Too many authentication failures");
      return;
    }
    super.handleAuthenticationFailure(command, buffer);
  }
}
