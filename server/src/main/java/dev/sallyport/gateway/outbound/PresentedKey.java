package dev.sallyport.gateway.outbound;

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
 * The host key that a target has shown and proved to hold.
 *
 * @param key the plain key, also when it came in a certificate
 * @param certificate the certificate that contained the key
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

  /** The authority that signed the certificate, if there is one. */
  Optional<HostKey> authority() {
    return certificate.map(one -> plain(one.getCaPubKey()));
  }

  /**
   * Why a certificate is not valid, whichever authority signed it (OpenSSH's PROTOCOL.certkeys).
   * Continues a sentence that begins with the certificate.
   *
   * @param names the names of the host, one of which must be a principal
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
    // A certificate without principals would be valid for every host.
    boolean ours =
        certificate.getPrincipals().stream()
            .map(principal -> principal.toLowerCase(Locale.ROOT))
            .anyMatch(principal ->
                names.stream().anyMatch(name -> Wildcard.matches(principal, name.host())));
    return ours ? Optional.empty() : Optional.of("is for other hosts");
  }

  /** Verifies the signature, without relying on the library's own check. */
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
