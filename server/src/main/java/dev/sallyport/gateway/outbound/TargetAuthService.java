package dev.sallyport.gateway.outbound;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.sshd.client.auth.AbstractUserAuthFactory;
import org.apache.sshd.client.auth.UserAuth;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.auth.UserAuthMethodFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Logs in with the credential and nothing else, where the library would try keys of the bastion's
 * own account; and keeps the target's answer.
 */
final class TargetAuthService extends ClientUserAuthService {
  TargetAuthService(Session session) {
    super(session);
  }

  @Override
  public void process(int command, Buffer buffer) throws Exception {
    if (command == SshConstants.SSH_MSG_USERAUTH_BANNER && !getSession().isAuthenticated()) {
      int start = buffer.rpos();
      ((TargetSession) getSession()).banner(buffer.getString());
      buffer.rpos(start);
    }
    super.process(command, buffer);
  }

  @Override
  protected void processUserAuth(int command, Buffer buffer, AuthFuture future) throws Exception {
    if (command == SshConstants.SSH_MSG_USERAUTH_FAILURE) {
      int start = buffer.rpos();
      String methods = buffer.getString();
      boolean partial = buffer.getBoolean();
      buffer.rpos(start);
      ((TargetSession) getSession()).notLetIn(methods, partial);
    }
    super.processUserAuth(command, buffer, future);
  }

  /** Creates the service of a connection. */
  static final class Factory implements ServiceFactory {
    @Override
    public String getName() {
      return "ssh-userauth";
    }

    @Override
    public Service create(Session session) throws IOException {
      return new TargetAuthService(session);
    }
  }

  /** The only authentication method (RFC 4252, section 7). */
  static final class PublicKeyFactory extends AbstractUserAuthFactory {
    PublicKeyFactory() {
      super(UserAuthMethodFactory.PUBLIC_KEY);
    }

    @Override
    public UserAuth createUserAuth(ClientSession session) {
      return new PublicKey();
    }
  }

  /**
   * Uses only the keys of the credential, and none of the bastion's own user or of an agent there.
   */
  private static final class PublicKey extends UserAuthPublicKey {
    PublicKey() {
      super(TargetAlgorithms.userSignatures());
    }

    @Override
    protected Iterator<PublicKeyIdentity> createPublicKeyIterator(
        ClientSession session, SignatureFactoriesManager signatures) throws Exception {
      return List.copyOf(((TargetSession) session).identities(signatures)).iterator();
    }
  }
}
