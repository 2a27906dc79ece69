package dev.sallyport.gateway.inspect;

import dev.sallyport.ssh.AlgorithmFactories;
import dev.sallyport.ssh.PublicKeyBounds;
import java.util.List;
import org.apache.sshd.common.auth.UserAuthMethodFactory;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The {@code publickey} method (RFC 4252, section 7) inside a forward, where any key will do: the
 * library's, but computed on another thread, and with no key that costs too much.
 */
final class InnerPublicKey extends UserAuthPublicKey {
  private InnerPublicKey(List<String> algorithms) {
    super(AlgorithmFactories.signatures(algorithms));
  }

  /** Makes one for each request. */
  static final class Factory extends AbstractUserAuthFactory {
    private final List<String> algorithms;

    /**
     * @param algorithms what users may sign with, by name
     */
    Factory(List<String> algorithms) {
      super(UserAuthMethodFactory.PUBLIC_KEY);
      this.algorithms = List.copyOf(algorithms);
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new InnerPublicKey(algorithms);
    }
  }

  @Override
  public @Nullable Boolean doAuth(Buffer buffer, boolean init) throws Exception {
    PublicKeyBounds.check(shownKey(buffer));
    return ((InnerConnection) getServerSession()).work().compute(() -> super.doAuth(buffer, init));
  }

  /** Behind a flag and the name of an algorithm. */
  private static byte[] shownKey(Buffer request) {
    Buffer copy = new ByteArrayBuffer(request.array(), request.rpos(), request.available());
    copy.getBoolean();
    copy.getString();
    return copy.getBytes();
  }
}
