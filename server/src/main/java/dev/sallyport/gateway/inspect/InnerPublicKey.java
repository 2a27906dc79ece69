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
 * The {@code publickey} method (RFC 4252, section 7) inside a forward, where any key is accepted;
 * the library verifies on the thread that reads, and keys of any size, so this computes on another
 * thread and refuses keys that take too long to verify.
 */
final class InnerPublicKey extends UserAuthPublicKey {
  private InnerPublicKey(List<String> algorithms) {
    super(AlgorithmFactories.signatures(algorithms));
  }

  /** Creates the method for each request. */
  static final class Factory extends AbstractUserAuthFactory {
    private final List<String> algorithms;

    /**
     * @param algorithms names of the signature algorithms that users may use
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

  /** The key, which follows a flag and the name of an algorithm. */
  private static byte[] shownKey(Buffer request) {
    Buffer copy = new ByteArrayBuffer(request.array(), request.rpos(), request.available());
    copy.getBoolean();
    copy.getString();
    return copy.getBytes();
  }
}
