package dev.sallyport.gateway.relay;

import dev.sallyport.channel.ForwardWindow;
import dev.sallyport.memory.MemoryShare;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;

/** Both ends of one channel, with a real connection of loopback between them. */
final class Line implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SshServer server = SshServer.setUpDefaultServer();
  private final SshClient client = SshClient.setUpDefaultClient();
  private final ClientSession session;

  /** The end that opened it, on the client's side of the connection. */
  final RelayEnd opener;

  /** The other one. */
  final RelayEnd opened;

  /**
   * Opens it.
   *
   * @param opening the memory of the end that opens
   * @param accepting the other's
   */
  Line(MemoryShare opening, MemoryShare accepting) throws Exception {
    this(opening, confirming(accepting));
  }

  /**
   * Opens it.
   *
   * @param opening the memory of the end that opens
   * @param opened the other end, which confirms by itself
   */
  Line(MemoryShare opening, RelayEnd opened) throws Exception {
    this.opened = opened;
    KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    server.setHost(InetAddress.ofLiteral("127.0.0.1").getHostAddress());
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
    server.setChannelFactories(List.of(new Accepting(opened)));
    CoreModuleProperties.WINDOW_SIZE.set(server, (long) ForwardWindow.FIRST);
    CoreModuleProperties.MAX_PACKET_SIZE.set(server, (long) ForwardWindow.PACKET);
    server.start();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.start();
    session =
        client.connect("peer", server.getHost(), server.getPort()).verify(PATIENCE).getSession();
    session.addPublicKeyIdentity(key);
    session.auth().verify(PATIENCE);
    opener = new RelayEnd(true, opening, ForwardWindow.LARGEST, nothing -> {}, () -> {});
    opener.openOn(session, "session", packet -> {});
  }

  private static RelayEnd confirming(MemoryShare memory) {
    RelayEnd[] end = new RelayEnd[1];
    end[0] =
        new RelayEnd(
            false,
            memory,
            ForwardWindow.LARGEST,
            nothing -> Thread.ofVirtual().start(end[0]::confirm),
            () -> {});
    return end[0];
  }

  private record Accepting(RelayEnd end) implements ChannelFactory {
    @Override
    public String getName() {
      return "session";
    }

    @Override
    public Channel createChannel(Session unused) {
      return end;
    }
  }

  /** The connection on the side that opened the channel. */
  Session session() {
    return session;
  }

  @Override
  public void close() throws IOException {
    client.stop();
    server.stop(true);
  }
}
