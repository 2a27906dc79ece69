package dev.sallyport.gateway.outbound;

import dev.sallyport.ssh.ComputedKeyExchange;
import java.util.List;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;

/**
 * Leaves out the library's check of host certificates, which accepts one without principals for
 * every host, and compares one name of the host where the bastion knows two. {@link
 * PresentedKey#fault} checks certificates after the target has proved that it holds the key.
 */
final class TargetKeyExchange extends DHGClient {
  private TargetKeyExchange(DHFactory factory, Session session) {
    super(factory, session);
  }

  @Override
  protected void verifyCertificate(Session session, OpenSshCertificate certificate) {
    // The certificate is not trusted here.
  }

  static List<KeyExchangeFactory> factories() {
    return TargetAlgorithms.keyExchanges().stream()
        .<KeyExchangeFactory>map(
            name -> ComputedKeyExchange.client(new Factory(TargetAlgorithms.keyExchange(name))))
        .toList();
  }

  private record Factory(BuiltinDHFactories method) implements KeyExchangeFactory {
    @Override
    public String getName() {
      return method.getName();
    }

    @Override
    public KeyExchange createKeyExchange(Session session) {
      return new TargetKeyExchange(method, session);
    }
  }
}
