package dev.sallyport.ssh;

import java.util.List;
import java.util.function.Function;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;

/**
 * Maps the names in the configuration to the library's factories. The names were checked against
 * the catalog before.
 */
public final class AlgorithmFactories {
  private AlgorithmFactories() {}

  /** Key exchange methods (RFC 4253, section 7), for sessions that are a {@link KeyExchanger}. */
  public static List<KeyExchangeFactory> keyExchanges(List<String> names) {
    return all(
        names,
        name ->
            ComputedKeyExchange.server(
                ServerBuilder.DH2KEX.apply(BuiltinDHFactories.resolveFactory(name))));
  }

  /** Ciphers (RFC 4253, section 6.3): the library's, except one that is faster. */
  public static List<NamedFactory<Cipher>> ciphers(List<String> names) {
    return all(
        names,
        name ->
            name.equals(ChaCha20Poly1305.NAME)
                ? new ChaCha20Poly1305.Factory()
                : BuiltinCiphers.resolveFactory(name));
  }

  /** MACs (RFC 4253, section 6.4). */
  public static List<NamedFactory<Mac>> macs(List<String> names) {
    return all(names, BuiltinMacs::resolveFactory);
  }

  /**
   * Signature algorithms (RFC 4253, section 6.6), including certificates, except those that the
   * library does not support.
   */
  public static List<NamedFactory<Signature>> signatures(List<String> names) {
    List<String> known =
        names.stream().filter(name -> !AlgorithmCatalog.FIDO_CERTIFICATES.contains(name)).toList();
    return all(known, BuiltinSignatures::resolveFactory);
  }

  private static <T> List<T> all(List<String> names, Function<String, ? extends T> resolve) {
    return names.stream()
        .<T>map(name -> {
          T factory = resolve.apply(name);
          if (factory == null) {
            throw new IllegalStateException("the SSH library has no " + name);
          }
          return factory;
        })
        .toList();
  }
}
