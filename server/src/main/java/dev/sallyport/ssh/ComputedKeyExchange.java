package dev.sallyport.ssh;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The library's key exchange (RFC 4253, section 8), which the library computes on the thread that
 * reads, for anybody who asks; here {@link PublicKeyWork} computes it. A server computes nothing
 * before the client has sent its part, so an exchange that is only begun costs nothing.
 */
public final class ComputedKeyExchange implements KeyExchange {
  private final KeyExchange library;
  private final PeerWork work;
  private final boolean isServer;

  /** The first computation; null once it is done. */
  private @Nullable Callable<Boolean> beginning;

  private ComputedKeyExchange(KeyExchange library, PeerWork work, boolean isServer) {
    this.library = library;
    this.work = work;
    this.isServer = isServer;
  }

  /** For connections that clients made. */
  static KeyExchangeFactory server(KeyExchangeFactory library) {
    return new Factory(library, true);
  }

  /** For connections to targets. */
  public static KeyExchangeFactory client(KeyExchangeFactory library) {
    return new Factory(library, false);
  }

  /** For sessions that are a {@link KeyExchanger}. */
  private record Factory(KeyExchangeFactory library, boolean isServer)
      implements KeyExchangeFactory {
    @Override
    public String getName() {
      return library.getName();
    }

    @Override
    public KeyExchange createKeyExchange(Session session) throws Exception {
      return new ComputedKeyExchange(
          library.createKeyExchange(session), ((KeyExchanger) session).work(), isServer);
    }
  }

  @Override
  public void init(byte[] server, byte[] client, byte[] serverInit, byte[] clientInit)
      throws Exception {
    beginning =
        () -> {
          library.init(server, client, serverInit, clientInit);
          return true;
        };
    if (!isServer) {
      work.compute(this::begin);
    }
  }

  private boolean begin() throws Exception {
    Callable<Boolean> first = beginning;
    beginning = null;
    return first != null && first.call();
  }

  @Override
  public boolean next(int command, Buffer message) throws Exception {
    if (!isServer) {
      PublicKeyBounds.check(shownKey(message));
    }
    return work.compute(() -> {
      begin();
      return library.next(command, message);
    });
  }

  /** The host key, which is the first field of the server's reply in every method. */
  private static byte[] shownKey(Buffer message) {
    return new ByteArrayBuffer(message.array(), message.rpos(), message.available()).getBytes();
  }

  @Override
  public String getName() {
    return library.getName();
  }

  @Override
  public Session getSession() {
    return Objects.requireNonNull(library.getSession());
  }

  @Override
  public Digest getHash() {
    return library.getHash();
  }

  @Override
  public byte[] getH() {
    return library.getH();
  }

  @Override
  public byte[] getK() {
    return library.getK();
  }
}
