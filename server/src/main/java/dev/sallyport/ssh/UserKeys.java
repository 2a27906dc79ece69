package dev.sallyport.ssh;

import dev.sallyport.spi.OfferedKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.SshException;

/** The protocol's requirements for users' keys, independent of the plugins. */
public final class UserKeys {
  private UserKeys() {}

  /**
   * Why possession of a key of this type cannot be proven, if it cannot.
   *
   * @param algorithms names of the signature algorithms that users may use ({@link
   *     Algorithms#publicKeys})
   * @return continues a sentence about the key
   */
  public static Optional<String> obstacle(OfferedKey key, List<String> algorithms) {
    try {
      PublicKeyBounds.check(key.blob());
    } catch (SshException e) {
      return Optional.of("is " + e.getMessage());
    }
    List<String> signatures = signatures(key.type());
    return signatures.stream().anyMatch(algorithms::contains)
        ? Optional.empty()
        : Optional.of(
            "needs %s, which algorithms.public-keys does not allow"
                .formatted(String.join(" or ", signatures)));
  }

  /** A key signs with the algorithm of its type, and RSA with SHA-2 (RFC 8332). */
  private static List<String> signatures(String type) {
    String rsa = "ssh-rsa";
    return type.equals(rsa) || type.startsWith(rsa + "-cert-")
        ? List.of(type.replaceFirst(rsa, "rsa-sha2-512"), type.replaceFirst(rsa, "rsa-sha2-256"))
        : List.of(type);
  }
}
