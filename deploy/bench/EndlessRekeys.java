import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** A user whose connections ask for new keys as soon as they have some, until closed. */
final class EndlessRekeys implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SshClient library = SshClient.setUpDefaultClient();
  private final AtomicLong exchanges = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
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
      threads.add(Thread.ofPlatform().daemon().start(() -> run(session)));
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
    return exchanges.get();
  }

  private void run(ClientSession session) {
    try {
      while (!closed) {
        session.reExchangeKeys().verify(PATIENCE);
        // The library says so a little before, and would not begin another exchange.
        while (session.isOpen() && session.getKexState() != KexState.DONE) {
          LockSupport.parkNanos(10_000);
        }
        exchanges.incrementAndGet();
      }
    } catch (IOException e) {
      if (!closed) {
        System.err.println("bench: a connection that asks for new keys ended: " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    library.stop();
  }
}
