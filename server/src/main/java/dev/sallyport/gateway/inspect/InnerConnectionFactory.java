package dev.sallyport.gateway.inspect;

import dev.sallyport.ssh.ServerChannels;
import dev.sallyport.ssh.ServerSetup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connection of one inspected forward, which the library makes of accepted sockets only,
 * and waits for its end.
 */
final class InnerConnectionFactory extends SessionFactory {
  /** The certificate for clients that know the CA, and the plain key for those that do not. */
  private static final List<String> HOST_KEYS =
      List.of("ssh-ed25519-cert-v01@openssh.com", KeyPairProvider.SSH_ED25519);

  private final Inspections inspections;
  private final Inspected inspected;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable InnerConnection connection;

  InnerConnectionFactory(
      Inspections inspections, ServerFactoryManager manager, Inspected inspected) {
    super(manager);
    this.inspections = inspections;
    this.inspected = inspected;
  }

  @Override
  protected InnerConnection doCreateSession(IoSession wire) throws Exception {
    InnerConnection made =
        new InnerConnection(inspections, inspected, getServer(), wire, HOST_KEYS);
    connection = made;
    inspections.live().began(made);
    return made;
  }

  @Override
  public void sessionClosed(IoSession wire) throws Exception {
    try {
      super.sessionClosed(wire);
    } finally {
      over.countDown();
    }
  }

  /**
   * Waits for the end.
   *
   * @return the connection, or empty if it could not be made
   */
  Optional<InnerConnection> awaitEnd() throws InterruptedException {
    over.await();
    return made();
  }

  Optional<InnerConnection> made() {
    return Optional.ofNullable(connection);
  }

  /** The library's settings, the same for all inner connections. */
  static ServerFactoryManager manager(InspectSettings settings, HostAuthority authority) {
    SshServer server = ServerSetup.newServer(settings.algorithms(), HOST_KEYS);
    server.setKeyPairProvider(KeyPairProvider.wrap(authority.key()));
    server.setHostKeyCertificateProvider(
        session -> List.of(((InnerConnection) session).certificate()));
    server.setUserAuthFactories(
        List.of(new InnerPublicKey.Factory(settings.algorithms().publicKeys())));
    // Any key is accepted once its signature is verified: the outer connection has authenticated
    // the client.
    server.setPublickeyAuthenticator((login, key, session) -> true);
    server.setServiceFactories(
        List.of(
            ServerSetup.service(
                "ssh-userauth", session -> new InnerAuthentication((InnerConnection) session)),
            ServerSetup.service(
                "ssh-connection", session -> new InnerChannelService((InnerConnection) session))));
    server.setChannelFactories(
        List.of(
            ServerSetup.channel(ServerChannels.SESSION, session -> service(session).newSession()),
            ServerSetup.channel(ServerChannels.FORWARD, session -> service(session).newForward())));
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, settings.authenticationTries());
    return server;
  }

  private static InnerChannelService service(Session session) {
    return (InnerChannelService) session.getService(ConnectionService.class);
  }
}
