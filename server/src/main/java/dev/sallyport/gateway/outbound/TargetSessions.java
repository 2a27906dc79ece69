package dev.sallyport.gateway.outbound;

import dev.sallyport.ssh.PublicKeyWork;
import dev.sallyport.ssh.ServerSetup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link TargetSession} of one login, in place of the library's own session, and
 * configures the library for it.
 */
final class TargetSessions extends SessionFactory {
  private final LoginAttempt attempt;
  private final PublicKeyWork computing;
  private final CompletableFuture<TargetSession> made = new CompletableFuture<>();

  TargetSessions(ClientFactoryManager manager, LoginAttempt attempt, PublicKeyWork computing) {
    super(manager);
    this.attempt = attempt;
    this.computing = computing;
  }

  /** Completed with the session, or exceptionally when it cannot be made. */
  CompletableFuture<TargetSession> made() {
    return made;
  }

  @Override
  protected TargetSession doCreateSession(IoSession wire) throws Exception {
    try {
      TargetSession session = new TargetSession(getClient(), wire, attempt, computing);
      made.complete(session);
      return session;
    } catch (Exception e) {
      made.completeExceptionally(e);
      throw e;
    }
  }

  /**
   * The library's client only holds settings. It is never started, and uses nothing of the
   * environment or the home directory of the bastion's own user.
   */
  static ClientFactoryManager manager() {
    SshClient client = SshClient.setUpDefaultClient();
    client.setKeyExchangeFactories(TargetKeyExchange.factories());
    client.setCipherFactories(TargetAlgorithms.ciphers());
    client.setMacFactories(TargetAlgorithms.macs());
    client.setSignatureFactories(TargetAlgorithms.signatures());
    client.setCompressionFactories(List.of(BuiltinCompressions.none));
    client.setRandomFactory(JceRandomFactory.INSTANCE);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    // Each session sets its own verifier. Without one, no target is trusted.
    client.setServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE);
    client.setUserAuthFactories(List.of(new TargetAuthService.PublicKeyFactory()));
    client.setServiceFactories(
        List.of(new TargetAuthService.Factory(), new TargetChannels.Factory()));
    client.setChannelFactories(List.of(new AgentChannel()));
    client.setGlobalRequestHandlers(List.of());
    client.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, ServerSetup.SOFTWARE);
    // Time limits are enforced by the bastion itself.
    CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    return client;
  }

  /**
   * The only type of channel that a target may open. Refused unless the connection's owner allows
   * it.
   */
  private static final class AgentChannel implements ChannelFactory {
    @Override
    public String getName() {
      return "auth-agent@openssh.com";
    }

    /** The library refuses the channel when this returns null. */
    @Override
    public @Nullable Channel createChannel(Session session) throws IOException {
      ChannelFactory factory = ((TargetSession) session).agent().orElse(null);
      return factory == null ? null : factory.createChannel(session);
    }
  }
}
