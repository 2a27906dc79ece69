package dev.sallyport.ssh;

import dev.sallyport.channel.ForwardWindow;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.kex.extension.KexExtensionHandler.KexPhase;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;

/** Configures the SSH library for connections from clients. */
public final class ServerSetup {
  /**
   * The software version in the identification (RFC 4253, section 4.2), as server and as client.
   * OpenSSH's programs send {@code eow@openssh.com} and {@code no-more-sessions@openssh.com} only
   * to a peer whose name begins with {@code OpenSSH} (compat.c). Without a version number, no peer
   * enables workarounds for bugs of old versions.
   */
  public static final String SOFTWARE = "OpenSSH_compatible_Sallyport";

  private ServerSetup() {}

  /**
   * The library's server with all settings that do not depend on the client. It only holds
   * settings: it is never started, and our own transport accepts.
   *
   * @param hostKeys signature algorithms for host keys
   */
  public static SshServer newServer(Algorithms algorithms, Collection<String> hostKeys) {
    SshServer server = SshServer.setUpDefaultServer();
    server.setKeyExchangeFactories(AlgorithmFactories.keyExchanges(algorithms.keyExchanges()));
    server.setCipherFactories(AlgorithmFactories.ciphers(algorithms.ciphers()));
    server.setMacFactories(AlgorithmFactories.macs(algorithms.macs()));
    Set<String> signatures = new LinkedHashSet<>(algorithms.publicKeys());
    signatures.addAll(hostKeys);
    server.setSignatureFactories(AlgorithmFactories.signatures(List.copyOf(signatures)));
    server.setCompressionFactories(List.of(BuiltinCompressions.none));
    server.setKexExtensionHandler(new SignatureAlgorithms(algorithms.publicKeys()));
    server.setRandomFactory(JceRandomFactory.INSTANCE);
    server.setGlobalRequestHandlers(List.of());
    CoreModuleProperties.SERVER_IDENTIFICATION.set(server, SOFTWARE);
    // Time limits are enforced by {@link ServerConnection}: the library's do not stop a client that
    // sends slowly.
    CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.WINDOW_SIZE.set(server, (long) ForwardWindow.FIRST);
    CoreModuleProperties.MAX_PACKET_SIZE.set(server, (long) ForwardWindow.PACKET);
    return server;
  }

  /** Creates a part of the library for a connection. */
  @FunctionalInterface
  public interface Making<T> {
    /**
     * Creates the part.
     *
     * @throws IOException when it cannot be created; that ends the connection
     */
    T make(Session session) throws IOException;
  }

  /** A service of the protocol, such as {@code ssh-userauth} (RFC 4253, section 10). */
  public static ServiceFactory service(String name, Making<Service> making) {
    return new ServiceFactory() {
      @Override
      public String getName() {
        return name;
      }

      @Override
      public Service create(Session session) throws IOException {
        return making.make(session);
      }
    };
  }

  /** A type of channel that clients may open (RFC 4254, section 5.1). */
  public static ChannelFactory channel(String type, Making<Channel> making) {
    return new ChannelFactory() {
      @Override
      public String getName() {
        return type;
      }

      @Override
      public Channel createChannel(Session session) throws IOException {
        return making.make(session);
      }
    };
  }

  /**
   * Announces the signature algorithms for users (RFC 8308, section 3.1), instead of those for host
   * keys.
   */
  private static final class SignatureAlgorithms extends DefaultServerKexExtensionHandler {
    private final List<String> publicKeys;

    SignatureAlgorithms(List<String> publicKeys) {
      this.publicKeys = publicKeys;
    }

    @Override
    public void collectExtensions(
        Session session, KexPhase phase, BiConsumer<String, Object> extensions) {
      if (phase == KexPhase.NEWKEYS) {
        extensions.accept("server-sig-algs", publicKeys);
      }
    }
  }
}
