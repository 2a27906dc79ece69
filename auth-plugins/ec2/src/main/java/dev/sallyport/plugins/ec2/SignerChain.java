package dev.sallyport.plugins.ec2;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The certificates of who signs EC2 Instance Connect's keys, as far as they are needed to reach a
 * trusted root (RFC 5280, section 6). Nothing is fetched to judge them: each is vouched for by an
 * OCSP response (RFC 6960) that the metadata service staples to it, or is not believed.
 *
 * @param path the signer's first; the root that ends it is not among them
 * @param root that signed the last
 */
record SignerChain(List<X509Certificate> path, TrustAnchor root) {
  /** Most certificates; Amazon's chains have four. Each costs a verification and an answer. */
  private static final int MOST = 6;

  /** Weaker keys can be broken, and longer ones only cost time. */
  private static final int SHORTEST_RSA = 2048;

  private static final int LONGEST_RSA = 8192;

  private static final int DIGITAL_SIGNATURE = 0;

  SignerChain {
    path = List.copyOf(path);
  }

  /**
   * Reads the signer's certificate and those that vouch for it, up to the first that a trusted root
   * signed.
   *
   * @param pem the signer's first
   * @param commonName that the signer's must have
   * @throws MetadataException when it cannot lead to a root, or the signer is another
   */
  static SignerChain read(byte[] pem, String commonName, TrustedRoots roots)
      throws MetadataException {
    List<X509Certificate> given = parse(pem);
    checkSigner(given.getFirst(), commonName);
    List<X509Certificate> path = new ArrayList<>();
    for (X509Certificate certificate : given) {
      checkKey(certificate.getPublicKey());
      path.add(certificate);
      Optional<TrustAnchor> root = roots.issuerOf(certificate);
      if (root.isPresent()) {
        return new SignerChain(path, root.get());
      }
    }
    throw new MetadataException("gave a signer whose certificate does not chain to a trusted root");
  }

  private static List<X509Certificate> parse(byte[] pem) throws MetadataException {
    List<X509Certificate> certificates;
    try {
      certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      throw new MetadataException("gave a signer's certificate that cannot be read", e);
    }
    if (certificates.isEmpty() || certificates.size() > MOST) {
      throw new MetadataException("gave no signer's certificate, or more than " + MOST);
    }
    return certificates;
  }

  private static void checkSigner(X509Certificate signer, String commonName)
      throws MetadataException {
    if (!commonNames(signer).equals(List.of(commonName))) {
      throw new MetadataException("gave the certificate of another signer than " + commonName);
    }
    boolean[] usage = signer.getKeyUsage();
    if (signer.getBasicConstraints() >= 0 || (usage != null && !usage[DIGITAL_SIGNATURE])) {
      throw new MetadataException("gave a signer whose certificate is not for signatures");
    }
    if (!(signer.getPublicKey() instanceof RSAPublicKey)) {
      throw new MetadataException("gave a signer whose key is not RSA");
    }
  }

  private static List<Object> commonNames(X509Certificate certificate) {
    List<Object> names = new ArrayList<>();
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        Attribute name = rdn.toAttributes().get("CN");
        for (int i = 0; name != null && i < name.size(); i++) {
          names.add(name.get(i));
        }
      }
    } catch (NamingException e) {
      return List.of();
    }
    return names;
  }

  private static void checkKey(PublicKey key) throws MetadataException {
    boolean usable =
        switch (key) {
          case RSAPublicKey rsa ->
              rsa.getModulus().bitLength() >= SHORTEST_RSA
                  && rsa.getModulus().bitLength() <= LONGEST_RSA;
          case ECPublicKey _ -> true;
          default -> false;
        };
    if (!usable) {
      throw new MetadataException("gave a certificate with a key that is not used here");
    }
  }

  /** Under which name the metadata service has a certificate's OCSP response. */
  static String stapleName(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
      return HexFormat.of().withUpperCase().formatHex(digest);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has SHA-1", impossible);
    }
  }

  /**
   * Judges the chain.
   *
   * @param staples an OCSP response in DER for each certificate of the path
   * @return the key that signs
   * @throws MetadataException when a certificate is not valid now, or is not vouched for: revoked,
   *     or its staple is missing, too old, or of somebody else
   */
  PublicKey verify(Map<X509Certificate, byte[]> staples, Instant now) throws MetadataException {
    // Java would go and ask the responder that the certificate names.
    if (!staples.keySet().containsAll(path)) {
      throw new MetadataException("gave no OCSP response for a certificate of the signer");
    }
    try {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker revocation = (PKIXRevocationChecker) validator.getRevocationChecker();
      revocation.setOptions(Set.of(PKIXRevocationChecker.Option.NO_FALLBACK));
      revocation.setOcspResponses(staples);
      PKIXParameters parameters = new PKIXParameters(Set.of(root));
      parameters.setDate(Date.from(now));
      parameters.addCertPathChecker(revocation);
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      throw new MetadataException(
          "gave a signer's certificate that does not hold: " + e.getMessage(), e);
    } catch (InvalidAlgorithmParameterException | CertificateException e) {
      throw new MetadataException("gave a signer's certificate that does not hold", e);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has PKIX", impossible);
    }
    return path.getFirst().getPublicKey();
  }
}
