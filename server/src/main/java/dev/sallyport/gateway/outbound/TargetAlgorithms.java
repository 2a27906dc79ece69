package dev.sallyport.gateway.outbound;

import dev.sallyport.ssh.AlgorithmFactories;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/**
 * The algorithms that the bastion offers to targets, best first, without SHA-1 and CBC. There are
 * more than for clients, because old servers stay in private networks: all versions since OpenSSH
 * 7.4 are supported.
 */
final class TargetAlgorithms {
  private static final List<String> KEY_EXCHANGES =
      List.of(
          "mlkem768x25519-sha256",
          "sntrup761x25519-sha512",
          "sntrup761x25519-sha512@openssh.com",
          "curve25519-sha256",
          "curve25519-sha256@libssh.org",
          "ecdh-sha2-nistp256",
          "ecdh-sha2-nistp384",
          "ecdh-sha2-nistp521",
          "diffie-hellman-group16-sha512",
          "diffie-hellman-group14-sha256");

  private static final List<String> CIPHERS =
      List.of(
          "aes128-gcm@openssh.com",
          "aes256-gcm@openssh.com",
          "chacha20-poly1305@openssh.com",
          "aes256-ctr",
          "aes192-ctr",
          "aes128-ctr");

  private static final List<String> MACS =
      List.of(
          "hmac-sha2-256-etm@openssh.com",
          "hmac-sha2-512-etm@openssh.com",
          "hmac-sha2-256",
          "hmac-sha2-512");

  /** Signature algorithms of hosts, of the bastion, and of the authorities of both. */
  private static final List<String> SIGNATURES =
      List.of(
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "rsa-sha2-512",
          "rsa-sha2-256");

  private static final String CERTIFICATE = "-cert-v01@openssh.com";

  /** Signature algorithms that only agents use. */
  private static final List<String> OF_SECURITY_KEYS =
      List.of("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com");

  private TargetAlgorithms() {}

  static List<String> keyExchanges() {
    return KEY_EXCHANGES;
  }

  static BuiltinDHFactories keyExchange(String name) {
    return required(name, BuiltinDHFactories.VALUES);
  }

  static List<NamedFactory<Cipher>> ciphers() {
    return AlgorithmFactories.ciphers(CIPHERS);
  }

  static List<NamedFactory<Mac>> macs() {
    return all(MACS, BuiltinMacs::resolveFactory);
  }

  /** Signature algorithms for keys and for certificates. */
  static List<NamedFactory<Signature>> signatures() {
    List<String> names = new ArrayList<>(SIGNATURES);
    SIGNATURES.forEach(name -> names.add(name + CERTIFICATE));
    return all(names, BuiltinSignatures::resolveFactory);
  }

  /** Signature algorithms that the bastion may use for a user's login. */
  static List<NamedFactory<Signature>> userSignatures() {
    List<NamedFactory<Signature>> all = new ArrayList<>(signatures());
    all.addAll(all(OF_SECURITY_KEYS, BuiltinSignatures::resolveFactory));
    return all;
  }

  /** The signature algorithm of that name; empty if it is not offered, and must be refused. */
  static Optional<NamedFactory<Signature>> signature(String name) {
    return SIGNATURES.contains(name)
        ? Optional.of(all(List.of(name), BuiltinSignatures::resolveFactory).getFirst())
        : Optional.empty();
  }

  /**
   * The host key algorithms to offer, in order: certificates if an authority is known, then the
   * types of known keys, so that a target with several keys shows one that can be compared.
   *
   * @param knownTypes types of keys, such as {@code ssh-rsa}
   */
  static List<String> hostKeys(List<String> knownTypes, boolean certificates) {
    Set<String> names = new LinkedHashSet<>();
    if (certificates) {
      SIGNATURES.forEach(name -> names.add(name + CERTIFICATE));
    }
    knownTypes.stream().flatMap(TargetAlgorithms::algorithms).forEach(names::add);
    names.addAll(SIGNATURES);
    return List.copyOf(names);
  }

  private static Stream<String> algorithms(String type) {
    return SIGNATURES.stream()
        .filter(name -> type.equals("ssh-rsa") ? name.startsWith("rsa-sha2-") : name.equals(type));
  }

  private static <T extends NamedResource> T required(String name, Iterable<T> factories) {
    for (T factory : factories) {
      if (factory.getName().equals(name)) {
        return factory;
      }
    }
    throw new IllegalStateException("the SSH library has no " + name);
  }

  private static <T> List<NamedFactory<T>> all(
      List<String> names, Function<String, ? extends NamedFactory<T>> resolve) {
    return names.stream()
        .<NamedFactory<T>>map(name -> {
          NamedFactory<T> factory = resolve.apply(name);
          if (factory == null) {
            throw new IllegalStateException("the SSH library has no " + name);
          }
          return factory;
        })
        .toList();
  }
}
