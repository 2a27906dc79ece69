package dev.sallyport.connection;

import dev.sallyport.ssh.Algorithms;
import dev.sallyport.ssh.ServerSetup;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.SessionFactory;

/**
 * Makes a {@link ClientConnection} of each accepted socket, and configures the SSH library for it.
 */
final class ClientConnectionFactory extends SessionFactory {
  /**
   * The bastion counts failures itself, as OpenSSH does; the library also counts harmless queries.
   */
  private static final int UNCOUNTED = 1_000_000;

  private final ConnectionServices services;

  ClientConnectionFactory(ConnectionServices services) {
    super(services.inForce().manager());
    this.services = services;
  }

  @Override
  protected ClientConnection doCreateSession(IoSession socket) throws Exception {
    InForce inForce = services.current().use();
    try {
      return new ClientConnection(services, inForce, socket);
    } catch (Exception | Error e) {
      // No connection exists that would release it.
      inForce.release();
      services.gate().leave(((InetSocketAddress) socket.getRemoteAddress()).getAddress());
      throw e;
    }
  }

  /** The library's settings for connections that begin under this configuration. */
  static ServerFactoryManager manager(ConnectionSettings settings, HostKeys hostKeys) {
    Algorithms algorithms = settings.algorithms();
    SshServer server = ServerSetup.newServer(algorithms, algorithms.hostKeys());
    server.setKeyPairProvider(hostKeys.provider());
    server.setUserAuthFactories(
        List.of(new PublicKeyFactory(algorithms), new InteractiveFactory()));
    server.setPublickeyAuthenticator(PublicKeyMethod::isWelcome);
    server.setServiceFactories(
        List.of(
            ServerSetup.service(
                "ssh-userauth", session -> new AuthService((ClientConnection) session)),
            ServerSetup.service(
                "ssh-connection", session -> new ChannelService((ClientConnection) session))));
    server.setChannelFactories(
        List.of(
            ServerSetup.channel(ChannelService.FORWARD, session -> service(session).newForward()),
            ServerSetup.channel(ChannelService.SESSION, session -> service(session).newSession())));
    CoreModuleProperties.AUTH_METHODS.set(server, String.join(",", settings.methods()));
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, UNCOUNTED);
    return server;
  }

  private static final class PublicKeyFactory extends AbstractUserAuthFactory {
    private final List<String> algorithms;

    PublicKeyFactory(Algorithms algorithms) {
      super(PublicKeyMethod.NAME);
      this.algorithms = algorithms.publicKeys();
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new PublicKeyMethod(algorithms);
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

  private static ChannelService service(Session session) {
    return (ChannelService) session.getService(ConnectionService.class);
  }
}
