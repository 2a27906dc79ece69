package dev.sallyport.gateway.inspect;

import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerUserAuthService;

/**
 * The authentication protocol (RFC 4252) inside a forward, where the library would demand a proof
 * that the outer connection has given already: {@code none}, which clients try first (section 5.2),
 * succeeds, and so does any key. Only the login name is checked.
 */
final class InnerAuthentication extends ServerUserAuthService {
  private final InnerConnection connection;

  InnerAuthentication(InnerConnection connection) throws IOException {
    super(connection);
    this.connection = connection;
  }

  @Override
  public synchronized void process(int command, Buffer buffer) throws Exception {
    if (command != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
      super.process(command, buffer);
      return;
    }
    int start = buffer.rpos();
    String login = buffer.getString();
    String service = buffer.getString();
    String method = buffer.getString();
    Optional<String> refusal = connection.inspected().whyNot(login);
    if (refusal.isPresent()) {
      connection.refuseLogin(login, refusal.get());
    } else if (method.equals("none")) {
      connection.signalAuthenticationSuccess(login, service, buffer);
    } else {
      buffer.rpos(start);
      super.process(command, buffer);
    }
  }
}
