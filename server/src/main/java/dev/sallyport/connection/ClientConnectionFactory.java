package dev.sallyport.connection;

import dev.sallyport.forward.ForwardWindow;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.kex.extension.KexExtensionHandler.KexPhase;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.SessionFactory;

/**
 * Makes a {@link ClientConnection} of each accepted socket, with the SSH library set up as we want
 * it.
 */
final class ClientConnectionFactory extends SessionFactory {
  /** We count failures ourselves, as OpenSSH does; the library counts harmless questions too. */
  private static final int UNCOUNTED = 1_000_000;

  private final ConnectionServices services;

  ClientConnectionFactory(ConnectionServices services, HostKeys hostKeys) {
    super(manager(services.settings(), hostKeys));
    this.services = services;
  }

  @Override
  protected ClientConnection doCreateSession(IoSession socket) throws Exception {
    try {
      return new ClientConnection(services, getServer(), socket);
    } catch (Exception e) {
      // There is no connection that would give its place back.
      services.gate().leave(((InetSocketAddress) socket.getRemoteAddress()).getAddress());
      throw e;
    }
  }

  /** The library's server holds settings only: it never starts, and our own transport accepts. */
  private static ServerFactoryManager manager(ConnectionSettings settings, HostKeys hostKeys) {
    SshServer server = SshServer.setUpDefaultServer();
    Algorithms algorithms = settings.algorithms();
    server.setKeyExchangeFactories(AlgorithmFactories.keyExchanges(algorithms.keyExchanges()));
    server.setCipherFactories(AlgorithmFactories.ciphers(algorithms.ciphers()));
    server.setMacFactories(AlgorithmFactories.macs(algorithms.macs()));
    server.setSignatureFactories(AlgorithmFactories.signatures(allSignatures(algorithms)));
    server.setCompressionFactories(List.of(BuiltinCompressions.none));
    server.setKexExtensionHandler(new SignatureAlgorithms(algorithms.publicKeys()));
    server.setRandomFactory(JceRandomFactory.INSTANCE);
    server.setKeyPairProvider(hostKeys.provider());
    server.setUserAuthFactories(
        List.of(new PublicKeyFactory(algorithms), new InteractiveFactory()));
    server.setPublickeyAuthenticator(PublicKeyMethod::isWelcome);
    server.setServiceFactories(List.of(new AuthServiceFactory(), new ChannelServiceFactory()));
    server.setChannelFactories(List.of(new ForwardFactory(), new GreetingFactory()));
    server.setGlobalRequestHandlers(List.of());
    CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "Sallyport");
    CoreModuleProperties.AUTH_METHODS.set(server, String.join(",", settings.methods()));
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, UNCOUNTED);
    // Our own clock holds the limits of time: the library's does not stop a client that trickles.
    CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.WINDOW_SIZE.set(server, (long) ForwardWindow.FIRST);
    CoreModuleProperties.MAX_PACKET_SIZE.set(server, (long) ForwardWindow.PACKET);
    return server;
  }

  private static List<String> allSignatures(Algorithms algorithms) {
    Set<String> all = new LinkedHashSet<>(algorithms.publicKeys());
    all.addAll(algorithms.hostKeys());
    return List.copyOf(all);
  }

  /**
   * Tells clients what users may sign with (RFC 8308, section 3.1), not what host keys sign with.
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

  private static final class PublicKeyFactory extends AbstractUserAuthFactory {
    private final List<NamedFactory<Signature>> signatures;

    PublicKeyFactory(Algorithms algorithms) {
      super(PublicKeyMethod.NAME);
      this.signatures = AlgorithmFactories.signatures(algorithms.publicKeys());
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new PublicKeyMethod(signatures);
    }
  }

  private static final class InteractiveFactory extends AbstractUserAuthFactory {
    InteractiveFactory() {
      super(InteractiveMethod.NAME);
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new InteractiveMethod();
    }
  }

  private static final class AuthServiceFactory implements ServiceFactory {
    @Override
    public String getName() {
      return "ssh-userauth";
    }

    @Override
    public Service create(Session session) throws java.io.IOException {
      return new AuthService((ClientConnection) session);
    }
  }

  private static final class ChannelServiceFactory implements ServiceFactory {
    @Override
    public String getName() {
      return "ssh-connection";
    }

    @Override
    public Service create(Session session) throws java.io.IOException {
      return new ChannelService((ClientConnection) session);
    }
  }

  private static final class ForwardFactory implements ChannelFactory {
    @Override
    public String getName() {
      return ChannelService.FORWARD;
    }

    @Override
    public Channel createChannel(Session session) {
      return ((ChannelService) session.getService(ConnectionService.class)).newForward();
    }
  }

  private static final class GreetingFactory implements ChannelFactory {
    @Override
    public String getName() {
      return ChannelService.SESSION;
    }

    @Override
    public Channel createChannel(Session session) {
      return ((ChannelService) session.getService(ConnectionService.class)).newSession();
    }
  }
}
