import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** A user whose connections ask for new keys as soon as they have some, until closed. */
final class EndlessRekeys implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SshClient library = SshClient.setUpDefaultClient();
  private final Rekeys rekeys =
      new Rekeys(() -> this.closed, "a connection that asks for new keys ended");
  private volatile boolean closed;

  EndlessRekeys(Server server, Client client, String user, int connections) throws IOException {
    library.setKeyExchangeFactories(CheapExchange.ofClient());
    library.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    library.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    library.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    library.start();
    KeyPair key = key(client);
    for (int i = 0; i < connections; i++) {
      ClientSession session =
          library.connect(user, Server.PLAIN_ADDRESS, server.port()).verify(PATIENCE).getSession();
      session.addPublicKeyIdentity(key);
      session.auth().verify(PATIENCE);
      rekeys.begin(session);
    }
  }

  private static KeyPair key(Client client) throws IOException {
    try (var in = Files.newInputStream(client.key())) {
      return SecurityUtils.loadKeyPairIdentities(null, () -> "key", in, null).iterator().next();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** Exchanges that were completed so far. */
  long answered() {
    return rekeys.count();
  }

  @Override
  public void close() {
    closed = true;
    library.stop();
  }
}
