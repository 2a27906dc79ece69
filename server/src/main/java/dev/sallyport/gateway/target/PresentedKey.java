package dev.sallyport.gateway.target;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The host key that a target showed, and proved to have.
 *
 * @param key its own key, also when a certificate came around it
 * @param certificate what came around it
 */
record PresentedKey(HostKey key, Optional<OpenSshCertificate> certificate) {
  static PresentedKey of(PublicKey shown) {
    return shown instanceof OpenSshCertificate certificate
        ? new PresentedKey(plain(certificate.getCertPubKey()), Optional.of(certificate))
        : new PresentedKey(plain(shown), Optional.empty());
  }

  private static HostKey plain(PublicKey key) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(key);
    return HostKey.of(KeyUtils.getKeyType(key), buffer.getCompactData());
  }

  /** Who signed the certificate, if there is one. */
  Optional<HostKey> authority() {
    return certificate.map(one -> plain(one.getCaPubKey()));
  }

  /**
   * What is wrong with the certificate, whoever signed it (OpenSSH's PROTOCOL.certkeys); continues
   * a sentence that begins with it.
   *
   * @param names any of which it must be for
   */
  static Optional<String> fault(OpenSshCertificate certificate, List<HostName> names, Instant now) {
    if (certificate.getType() != OpenSshCertificate.Type.HOST) {
      return Optional.of("is not for a host");
    }
    if (!isSigned(certificate)) {
      return Optional.of("is not signed by the authority that it names");
    }
    long seconds = now.getEpochSecond();
    if (Long.compareUnsigned(seconds, certificate.getValidAfter()) < 0) {
      return Optional.of("is not valid yet");
    }
    if (Long.compareUnsigned(seconds, certificate.getValidBefore()) >= 0) {
      return Optional.of("has expired");
    }
    if (!certificate.getCriticalOptions().isEmpty()) {
      return Optional.of("has a critical option, and none is known for hosts");
    }
    // A certificate without principals would be good for every host.
    boolean ours =
        certificate.getPrincipals().stream()
            .map(principal -> principal.toLowerCase(Locale.ROOT))
            .anyMatch(principal ->
                names.stream().anyMatch(name -> Wildcard.matches(principal, name.host())));
    return ours ? Optional.empty() : Optional.of("is for other hosts");
  }

  /** The library may have checked this already; here it does not matter. */
  private static boolean isSigned(OpenSshCertificate certificate) {
    try {
      String algorithm = certificate.getSignatureAlgorithm();
      String type = KeyUtils.getKeyType(certificate.getCaPubKey());
      NamedFactory<Signature> factory =
          TargetAlgorithms.signature(algorithm)
              .filter(one -> type.equals(KeyUtils.getCanonicalKeyType(algorithm)))
              .orElse(null);
      if (factory == null) {
        return false;
      }
      Signature verifier = factory.create();
      verifier.initVerifier(null, certificate.getCaPubKey());
      verifier.update(null, certificate.getMessage());
      return verifier.verify(null, certificate.getSignature());
    } catch (Exception malformed) {
      return false;
    }
  }
}
