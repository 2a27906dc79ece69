package dev.sallyport.gateway.target;

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
 * What the bastion speaks with targets, best first. There is no SHA-1 and no CBC. Longer than what
 * it speaks with clients, because old instances stay in private networks: everything since OpenSSH
 * 7.4 finds something here.
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

  /** What hosts, the bastion and the authorities of both sign with. */
  private static final List<String> SIGNATURES =
      List.of(
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "rsa-sha2-512",
          "rsa-sha2-256");

  private static final String CERTIFICATE = "-cert-v01@openssh.com";

  /** What only agents sign with. */
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

  /** Of keys and of certificates. */
  static List<NamedFactory<Signature>> signatures() {
    List<String> names = new ArrayList<>(SIGNATURES);
    SIGNATURES.forEach(name -> names.add(name + CERTIFICATE));
    return all(names, BuiltinSignatures::resolveFactory);
  }

  /** What the bastion may sign with for users. */
  static List<NamedFactory<Signature>> userSignatures() {
    List<NamedFactory<Signature>> all = new ArrayList<>(signatures());
    all.addAll(all(OF_SECURITY_KEYS, BuiltinSignatures::resolveFactory));
    return all;
  }

  /** One of what keys sign with; what it is not in there is refused. */
  static Optional<NamedFactory<Signature>> signature(String name) {
    return SIGNATURES.contains(name)
        ? Optional.of(all(List.of(name), BuiltinSignatures::resolveFactory).getFirst())
        : Optional.empty();
  }

  /**
   * Which host keys are asked for, in order: certificates if one could help, then the types that
   * are known, so that a target with several keys shows the one that can be compared.
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
