package dev.sallyport.plugins.ec2;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.X509ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * A root, an authority below it, and the signer of EC2 Instance Connect's keys; each vouched for by
 * an OCSP response. What a test wants to be wrong, it replaces.
 */
public final class FakeAuthority {
  public static final String INSTANCE = "i-0123456789abcdef0";
  static final String SIGNER = "managed-ssh-signer.eu-central-1.amazonaws.com";

  private static final Duration DAY = Duration.ofDays(1);
  private static final List<KeyPair> KEYS = new ArrayList<>();
  private static long serial = System.nanoTime();

  private final KeyPair rootKeys = keys(0);
  private final KeyPair middleKeys = keys(1);
  final KeyPair signerKeys = keys(2);
  final KeyPair strangersKeys = keys(3);
  final X509Certificate root;
  final X509Certificate middle;
  X509Certificate signer;
  private List<X509Certificate> chain;
  private final Map<String, String> staples = new LinkedHashMap<>();

  public FakeAuthority() {
    Instant now = Instant.now();
    root = certificate("CN=Root", rootKeys, "CN=Root", rootKeys, now, Kind.AUTHORITY);
    middle = certificate("CN=Middle", middleKeys, "CN=Root", rootKeys, now, Kind.AUTHORITY);
    signer = signer("C=US,O=Amazon,CN=" + SIGNER, now);
    chain = List.of(signer, middle);
    staple(signer, Status.GOOD);
    staple(middle, Status.GOOD);
  }

  /** What a certificate is for. */
  enum Kind {
    AUTHORITY,
    SIGNER,
    SIGNER_WITHOUT_SIGNATURES,
    RESPONDER
  }

  /** What an OCSP response says. */
  enum Status {
    GOOD,
    REVOKED,
    UNKNOWN
  }

  /** Making keys takes long, and none is secret. */
  private static synchronized KeyPair keys(int number) {
    try {
      while (KEYS.size() <= number) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KEYS.add(generator.generateKeyPair());
      }
      return KEYS.get(number);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static synchronized BigInteger nextSerial() {
    return BigInteger.valueOf(serial++);
  }

  /** Replaces the signer by one of this name, from this day. */
  FakeAuthority withSigner(String name, Instant from) {
    return withSigner(signer(name, from));
  }

  FakeAuthority withSigner(X509Certificate other) {
    staples.remove(SignerChain.stapleName(signer));
    signer = other;
    chain = List.of(signer, middle);
    return staple(signer, Status.GOOD);
  }

  /** A signer whose certificate says where its OCSP responder is. */
  FakeAuthority withResponderAt(String url) {
    return withSigner(
        certificate(
            "CN=" + SIGNER, signerKeys, "CN=Middle", middleKeys, Instant.now(), Kind.SIGNER, url));
  }

  FakeAuthority withChain(X509Certificate... certificates) {
    chain = List.of(certificates);
    return this;
  }

  X509Certificate signer(String name, Instant from) {
    return certificate(name, signerKeys, "CN=Middle", middleKeys, from, Kind.SIGNER);
  }

  X509Certificate ofMiddle(String name, KeyPair keys, Kind kind) {
    return certificate(name, keys, "CN=Middle", middleKeys, Instant.now(), kind);
  }

  /** A certificate that is valid for a day before and after. */
  static X509Certificate certificate(
      String name, KeyPair keys, String issuer, KeyPair issuerKeys, Instant from, Kind kind) {
    return certificate(name, keys, issuer, issuerKeys, from, kind, "");
  }

  private static X509Certificate certificate(
      String name,
      KeyPair keys,
      String issuer,
      KeyPair issuerKeys,
      Instant from,
      Kind kind,
      String responder) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              nextSerial(),
              Date.from(from.minus(DAY)),
              Date.from(from.plus(DAY)),
              new X500Name(name),
              keys.getPublic());
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(kind == Kind.AUTHORITY));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              switch (kind) {
                case AUTHORITY ->
                    KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature;
                case SIGNER, RESPONDER -> KeyUsage.digitalSignature;
                case SIGNER_WITHOUT_SIGNATURES -> KeyUsage.keyEncipherment;
              }));
      if (kind == Kind.RESPONDER) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
        builder.addExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
      }
      if (!responder.isEmpty()) {
        builder.addExtension(
            Extension.authorityInfoAccess,
            false,
            new AuthorityInformationAccess(
                X509ObjectIdentifiers.ocspAccessMethod,
                new GeneralName(GeneralName.uniformResourceIdentifier, responder)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withRSA").build(issuerKeys.getPrivate())));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Vouches for a certificate, by its issuer. */
  FakeAuthority staple(X509Certificate certificate, Status status) {
    boolean byRoot = certificate.getIssuerX500Principal().equals(root.getSubjectX500Principal());
    return staple(
        certificate,
        status,
        Instant.now(),
        byRoot ? root : middle,
        byRoot ? rootKeys : middleKeys,
        List.of());
  }

  /** By its issuer, at another time. */
  FakeAuthority staple(X509Certificate certificate, Instant at) {
    return staple(certificate, Status.GOOD, at, middle, middleKeys, List.of());
  }

  /** By whoever has these keys, with this certificate of theirs. */
  FakeAuthority staple(X509Certificate certificate, KeyPair by, X509Certificate theirs) {
    return staple(certificate, Status.GOOD, Instant.now(), middle, by, List.of(theirs));
  }

  private FakeAuthority staple(
      X509Certificate certificate,
      Status status,
      Instant at,
      X509Certificate issuer,
      KeyPair by,
      List<X509Certificate> theirs) {
    try {
      var digests = new JcaDigestCalculatorProviderBuilder().build();
      X509CertificateHolder issuerHolder = new JcaX509CertificateHolder(issuer);
      CertificateID id =
          new CertificateID(
              digests.get(CertificateID.HASH_SHA1), issuerHolder, certificate.getSerialNumber());
      X509Certificate signing = theirs.isEmpty() ? issuer : theirs.getFirst();
      var builder =
          new BasicOCSPRespBuilder(new RespID(new JcaX509CertificateHolder(signing).getSubject()));
      CertificateStatus said =
          switch (status) {
            case GOOD -> CertificateStatus.GOOD;
            case REVOKED ->
                new org.bouncycastle.cert.ocsp.RevokedStatus(Date.from(at.minus(DAY)), 1);
            case UNKNOWN -> new org.bouncycastle.cert.ocsp.UnknownStatus();
          };
      builder.addResponse(
          id, said, Date.from(at.minusSeconds(60)), Date.from(at.plusSeconds(3600)), null);
      X509CertificateHolder[] holders = new X509CertificateHolder[theirs.size()];
      for (int i = 0; i < holders.length; i++) {
        holders[i] = new JcaX509CertificateHolder(theirs.get(i));
      }
      byte[] response =
          new OCSPRespBuilder()
              .build(
                  OCSPRespBuilder.SUCCESSFUL,
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withRSA").build(by.getPrivate()),
                      holders,
                      Date.from(at)))
              .getEncoded();
      staples.put(
          SignerChain.stapleName(certificate), Base64.getEncoder().encodeToString(response));
      return this;
    } catch (IOException | GeneralSecurityException | OperatorCreationException | OCSPException e) {
      throw new IllegalStateException(e);
    }
  }

  FakeAuthority unstaple(X509Certificate certificate) {
    staples.remove(SignerChain.stapleName(certificate));
    return this;
  }

  FakeAuthority staple(X509Certificate certificate, String base64) {
    staples.put(SignerChain.stapleName(certificate), base64);
    return this;
  }

  String stapleOf(X509Certificate certificate) {
    return staples.getOrDefault(SignerChain.stapleName(certificate), "");
  }

  Map<String, String> staples() {
    return Collections.unmodifiableMap(staples);
  }

  String chain() {
    return pem(chain);
  }

  private static String pem(List<X509Certificate> certificates) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (X509Certificate certificate : certificates) {
        writer.writeObject(certificate);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Writes the root, for the setting {@code roots}. */
  public Path writeRoot(Path file) throws IOException {
    Files.writeString(file, pem(List.of(root)));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /** A block with a key that lets in for a minute. */
  public String block(String keyLine) {
    return block(keyLine, INSTANCE, Instant.now().plusSeconds(60));
  }

  String block(String keyLine, String instance, Instant expiry) {
    return signed(
        "#Timestamp="
            + expiry.getEpochSecond()
            + "\n#Instance="
            + instance
            + "\n#Caller=arn:aws:iam::123456789012:user/alice"
            + "\n#Request=0b1e3c4d-0000-4000-8000-000000000000\n"
            + keyLine
            + "\n",
        32);
  }

  /** Signs text that ends with a line end. */
  String signed(String text, int saltLength) {
    return text + Base64.getEncoder().encodeToString(signature(text, saltLength)) + "\n";
  }

  private byte[] signature(String text, int saltLength) {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, saltLength, 1));
      signature.initSign(signerKeys.getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
