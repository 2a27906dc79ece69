package dev.sallyport.plugins.ec2;

import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.files.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The authorities to one of which the signer's chain must lead.
 *
 * @param anchors at least one
 */
record TrustedRoots(Set<TrustAnchor> anchors) {
  /** Larger than every system's bundle; a larger file is a mistake, and would take memory. */
  private static final int LARGEST_FILE = 4 << 20;

  TrustedRoots {
    anchors = Set.copyOf(anchors);
  }

  /** Those that this Java trusts: the public ones, Amazon's among them. */
  static TrustedRoots ofJava() throws IOException {
    Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), (char[]) null);
      return of(
          Collections.list(store.aliases()).stream()
              .flatMap(alias -> certificate(store, alias).stream())
              .collect(Collectors.toSet()));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot be read as a key store", e);
    }
  }

  private static Optional<X509Certificate> certificate(KeyStore store, String alias) {
    try {
      return store.isCertificateEntry(alias)
          ? Optional.of((X509Certificate) store.getCertificate(alias))
          : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Those of a file of certificates in PEM that nobody but the operator can change. */
  static TrustedRoots ofFile(Path file, TrustedPaths paths)
      throws IOException, UnusableFileException {
    try (InputStream in = Files.newInputStream(paths.file(file))) {
      byte[] content = in.readNBytes(LARGEST_FILE + 1);
      if (content.length > LARGEST_FILE) {
        throw new IOException("is larger than " + LARGEST_FILE + " bytes");
      }
      return of(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new java.io.ByteArrayInputStream(content))
              .stream()
              .map(X509Certificate.class::cast)
              .collect(Collectors.toSet()));
    } catch (GeneralSecurityException e) {
      throw new IOException("has something other than certificates in PEM", e);
    }
  }

  private static TrustedRoots of(Set<X509Certificate> certificates) throws IOException {
    if (certificates.isEmpty()) {
      throw new IOException("has no certificate in it");
    }
    return new TrustedRoots(
        certificates.stream()
            .map(certificate -> new TrustAnchor(certificate, null))
            .collect(Collectors.toSet()));
  }

  /** The one that signed a certificate, if one did. */
  Optional<TrustAnchor> issuerOf(X509Certificate certificate) {
    return anchors.stream().filter(anchor -> signed(anchor, certificate)).findFirst();
  }

  private static boolean signed(TrustAnchor anchor, X509Certificate certificate) {
    X509Certificate root = anchor.getTrustedCert();
    if (!root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
