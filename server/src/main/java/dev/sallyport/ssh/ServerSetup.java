package dev.sallyport.ssh;

import dev.sallyport.forward.ForwardWindow;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.kex.extension.KexExtensionHandler.KexPhase;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;

/** Sets up the SSH library for connections that clients make. */
public final class ServerSetup {
  private ServerSetup() {}

  /**
   * The library's server with everything that does not depend on who connects. It holds settings
   * only: it never starts, and our own transport accepts.
   *
   * @param hostKeys signature algorithms that host keys are used with
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
    CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "Sallyport");
    // Our own clock holds the limits of time: the library's does not stop a client that trickles.
    CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.WINDOW_SIZE.set(server, (long) ForwardWindow.FIRST);
    CoreModuleProperties.MAX_PACKET_SIZE.set(server, (long) ForwardWindow.PACKET);
    return server;
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
}
