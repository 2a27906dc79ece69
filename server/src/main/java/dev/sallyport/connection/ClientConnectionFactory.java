package dev.sallyport.connection;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Strangers;
import dev.sallyport.auth.FailureDelay;
import dev.sallyport.ssh.Algorithms;
import dev.sallyport.ssh.LiveConnections;
import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.ssh.ServerSetup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
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
 * Makes a {@link ClientConnection} of each accepted socket, and configures the library for it,
 * which has one configuration for a server; a reload makes another.
 */
final class ClientConnectionFactory extends SessionFactory {
  /**
   * The bastion counts failures itself, as OpenSSH does; the library also counts harmless queries.
   */
  private static final int UNCOUNTED = 1_000_000;

  private final Current current;
  private final FrontGate gate;
  private final UserChannels channels;
  private final AuditLog audit;
  private final Strangers strangers;
  private final LiveConnections live;
  private final PublicKeyWork computing;
  private final InstantSource clock;
  private final FailureDelay failureDelay = new FailureDelay();

  /** The library's settings, and the configuration that they were made from. */
  private record Settings(InForce of, ServerFactoryManager manager) {}

  private volatile Settings settings;

  /**
   * @param current the configuration in force
   * @param computing computes key exchanges and signatures
   * @param clock the clock for rules and restrictions
   */
  ClientConnectionFactory(
      Current current,
      FrontGate gate,
      UserChannels channels,
      AuditLog audit,
      Strangers strangers,
      LiveConnections live,
      PublicKeyWork computing,
      InstantSource clock) {
    super(
        ServerSetup.newServer(
            current.get().settings().algorithms(),
            current.get().settings().algorithms().hostKeys()));
    this.current = current;
    this.gate = gate;
    this.channels = channels;
    this.audit = audit;
    this.strangers = strangers;
    this.live = live;
    this.computing = computing;
    this.clock = clock;
    this.settings = new Settings(current.get(), manager(current.get()));
  }

  @Override
  protected ClientConnection doCreateSession(IoSession socket) throws Exception {
    InForce inForce = current.use();
    try {
      return new ClientConnection(
          managerOf(inForce),
          socket,
          inForce,
          current,
          gate,
          channels,
          audit,
          strangers,
          live,
          computing,
          clock);
    } catch (Exception | Error e) {
      // No connection exists that would release it.
      inForce.release();
      gate.leave(((InetSocketAddress) socket.getRemoteAddress()).getAddress());
      throw e;
    }
  }

  /** Made once after each reload. Two threads that make it at the same time make the same. */
  private ServerFactoryManager managerOf(InForce inForce) {
    Settings made = settings;
    if (made.of() != inForce) {
      made = new Settings(inForce, manager(inForce));
      settings = made;
    }
    return made.manager();
  }

  /** The library's settings for connections that begin under this configuration. */
  private ServerFactoryManager manager(InForce inForce) {
    Algorithms algorithms = inForce.settings().algorithms();
    SshServer server = ServerSetup.newServer(algorithms, algorithms.hostKeys());
    server.setKeyPairProvider(inForce.hostKeys().provider());
    server.setUserAuthFactories(
        List.of(new PublicKeyFactory(algorithms, clock), new InteractiveFactory(clock)));
    server.setPublickeyAuthenticator(PublicKeyMethod::isWelcome);
    server.setServiceFactories(
        List.of(
            ServerSetup.service("ssh-userauth", this::newAuthService),
            ServerSetup.service("ssh-connection", this::newChannelService)));
    server.setChannelFactories(
        List.of(
            ServerSetup.channel(ChannelService.FORWARD, session -> service(session).newForward()),
            ServerSetup.channel(ChannelService.SESSION, session -> service(session).newSession())));
    CoreModuleProperties.AUTH_METHODS.set(server, String.join(",", inForce.settings().methods()));
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, UNCOUNTED);
    return server;
  }

  private AuthService newAuthService(Session session) throws IOException {
    return new AuthService((ClientConnection) session, failureDelay);
  }

  private ChannelService newChannelService(Session session) throws IOException {
    return new ChannelService((ClientConnection) session, channels, current, clock, audit, live);
  }

  private static final class PublicKeyFactory extends AbstractUserAuthFactory {
    private final List<String> algorithms;
    private final InstantSource clock;

    PublicKeyFactory(Algorithms algorithms, InstantSource clock) {
      super(PublicKeyMethod.NAME);
      this.algorithms = algorithms.publicKeys();
      this.clock = clock;
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new PublicKeyMethod(algorithms, clock);
    }
  }

  private static final class InteractiveFactory extends AbstractUserAuthFactory {
    private final InstantSource clock;

    InteractiveFactory(InstantSource clock) {
      super(InteractiveMethod.NAME);
      this.clock = clock;
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new InteractiveMethod(clock);
    }
  }

  private static ChannelService service(Session session) {
    return (ChannelService) session.getService(ConnectionService.class);
  }
}
