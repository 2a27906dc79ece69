package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.spi.Restrictions.Permission;
import dev.sallyport.spi.SourcePatterns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of the real ssh-keygen. */
class CertificateRulesTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir Path temporary;
  private SshKeygen keygen;

  @BeforeEach
  void makeAuthority() throws Exception {
    keygen = new SshKeygen(temporary);
    keygen.key("ca");
    keygen.key("alice");
  }

  private OfferedKey signed(String... options) {
    String[] all = Arrays.copyOf(options, options.length + 2);
    all[options.length] = "-I";
    all[options.length + 1] = "id";
    return keygen.sign("ca", "alice", all);
  }

  private static Certificate read(OfferedKey offered) {
    return ((Certificate.Whole) Certificate.read(offered)).certificate();
  }

  private static CertificateRules.Judgement judge(OfferedKey offered) {
    return CertificateRules.DEFAULT.judge(read(offered), NOW);
  }

  private static Restrictions demands(OfferedKey offered) {
    assertThat(judge(offered)).isInstanceOf(CertificateRules.Valid.class);
    return ((CertificateRules.Valid) judge(offered)).restrictions();
  }

  private static void assertInvalid(OfferedKey offered, String reason) {
    assertThat(judge(offered))
        .isInstanceOfSatisfying(
            CertificateRules.Invalid.class,
            invalid -> assertThat(invalid.reason()).contains(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519, ed25519",
    "ed25519, rsa -b 2048",
    "ed25519, rsa -b 3072",
    "ed25519, ecdsa -b 256",
    "ed25519, ecdsa -b 384",
    "ed25519, ecdsa -b 521",
    "rsa -b 2048, ed25519",
    "ecdsa -b 256, ed25519",
    "ecdsa -b 384, ed25519",
    "ecdsa -b 521, ed25519",
  })
  void takesEveryTypeOfKeyAndOfAuthority(String key, String authority) {
    keygen.key("authority", authority);
    keygen.key("user", key);
    OfferedKey offered =
        keygen.sign("authority", "user", "-I", "alice's", "-n", "alice,oncall", "-z", "42");
    Certificate certificate = read(offered);
    assertThat(certificate.key()).isEqualTo(keygen.publicKey("user"));
    assertThat(certificate.authority()).isEqualTo(keygen.publicKey("authority"));
    assertThat(certificate.keyId()).isEqualTo("alice's");
    assertThat(certificate.serial()).isEqualTo(42);
    assertThat(certificate.principals()).containsExactly("alice", "oncall");
    assertThat(judge(offered)).isEqualTo(new CertificateRules.Valid(Restrictions.NONE));
  }

  @Test
  void readsFidoKeysToo() throws Exception {
    for (OfferedKey fido : List.of(TestKeys.skEd25519(7), TestKeys.skEcdsa())) {
      Files.writeString(temporary.resolve("alice.pub"), TestKeys.line(fido) + "\n");
      OfferedKey offered = signed("-n", "alice", "-O", "verify-required");
      assertThat(read(offered).key()).isEqualTo(fido);
      assertThat(demands(offered).attestations())
          .containsExactlyInAnyOrder(Attestation.TOUCH, Attestation.VERIFICATION);
      assertThat(demands(signed("-n", "alice", "-O", "no-touch-required")).attestations())
          .isEmpty();
    }
  }

  @Test
  void refusesVerificationOfAKeyThatCannotAttestIt() {
    assertInvalid(signed("-n", "alice", "-O", "verify-required"), "FIDO");
  }

  @Test
  void refusesAnRsaAuthorityThatSignsWithSha1OrIsTooShort() {
    keygen.key("rsa", "rsa -b 2048");
    OfferedKey sha1 = keygen.sign("rsa", "alice", "-I", "id", "-n", "alice", "-t", "ssh-rsa");
    assertInvalid(sha1, "ssh-rsa, which hashes with SHA-1");
    OfferedKey sha256 =
        keygen.sign("rsa", "alice", "-I", "id", "-n", "alice", "-t", "rsa-sha2-256");
    assertThat(judge(sha256)).isInstanceOf(CertificateRules.Valid.class);
    keygen.key("short", "rsa -b 1024");
    assertInvalid(keygen.sign("short", "alice", "-I", "id", "-n", "alice"), "too weak");
  }

  @Test
  void refusesAnAlgorithmThatIsNotAllowed() {
    CertificateRules rules = new CertificateRules(EnumSet.of(SignatureAlgorithm.RSA_512));
    assertThat(rules.judge(read(signed("-n", "alice")), NOW))
        .isInstanceOfSatisfying(
            CertificateRules.Invalid.class,
            invalid -> assertThat(invalid.reason()).contains("not allowed", "rsa-sha2-512"));
  }

  @Test
  void refusesAKeyThatIsTooWeak() {
    keygen.key("weak", "rsa -b 1024");
    assertInvalid(keygen.sign("ca", "weak", "-I", "id", "-n", "alice"), "1024 bits");
  }

  @Test
  void refusesAHostsCertificate() {
    assertInvalid(signed("-n", "alice", "-h"), "is a host's");
  }

  @Test
  void countsFromItsBeginningToItsEnd() {
    OfferedKey offered = signed("-n", "alice", "-V", "20260601100000Z:20260601140000Z");
    Certificate certificate = read(offered);
    Instant begin = Instant.parse("2026-06-01T10:00:00Z");
    Instant end = Instant.parse("2026-06-01T14:00:00Z");
    for (Instant within : List.of(begin, NOW, end.minusMillis(1))) {
      assertThat(CertificateRules.DEFAULT.judge(certificate, within))
          .isEqualTo(new CertificateRules.Valid(Restrictions.NONE.withValidBefore(end)));
    }
    assertThat(CertificateRules.DEFAULT.judge(certificate, begin.minusMillis(1)))
        .hasToString(
            "Invalid[reason=the certificate is not valid yet; it begins at " + begin + "]");
    assertThat(CertificateRules.DEFAULT.judge(certificate, end))
        .hasToString("Invalid[reason=the certificate has expired at " + end + "]");
    assertThat(CertificateRules.DEFAULT.judge(certificate, Instant.EPOCH.minusSeconds(1)))
        .isInstanceOf(CertificateRules.Invalid.class);
  }

  @Test
  void refusesOneThatSpeaksForNobody() {
    assertInvalid(signed(), "names no principal");
  }

  /** CVE-2026-35414. */
  @Test
  void aCommaInAPrincipalIsNoSeparator() throws Exception {
    Certificate certificate = read(Forged.withPrincipals("alice,root"));
    assertThat(certificate.principals()).containsExactly("alice,root");
    assertThat(CertificateRules.DEFAULT.judge(certificate, NOW))
        .isInstanceOf(CertificateRules.Valid.class);
  }

  @Test
  void permitsWhatItsExtensionsPermitAndNothingElse() {
    assertThat(demands(signed("-n", "alice", "-O", "clear")).permissions()).isEmpty();
    assertThat(
            demands(signed("-n", "alice", "-O", "clear", "-O", "permit-port-forwarding"))
                .permissions())
        .containsExactly(Permission.FORWARDING);
    assertThat(demands(signed("-n", "alice", "-O", "no-pty")).permissions())
        .containsExactlyInAnyOrder(Permission.FORWARDING, Permission.AGENT_FORWARDING);
    assertThat(demands(signed("-n", "alice", "-O", "extension:unheard-of@example.com=x")))
        .isEqualTo(Restrictions.NONE);
  }

  @Test
  void honoursCriticalOptions() {
    assertThat(demands(signed("-n", "alice", "-O", "force-command=ssh ec2-user@10.0.2.5")))
        .isEqualTo(Restrictions.NONE.withCommand("ssh ec2-user@10.0.2.5"));
    assertThat(demands(signed("-n", "alice", "-O", "source-address=10.0.0.0/8,192.0.2.1")))
        .isEqualTo(Restrictions.NONE.withSource(SourcePatterns.parse("10.0.0.0/8,192.0.2.1")));
  }

  @Test
  void refusesACriticalOptionThatIsNotKnownAndNamesIt() {
    assertInvalid(
        signed("-n", "alice", "-O", "critical:only-on-mondays@example.com=x"),
        "only-on-mondays@example.com");
    assertInvalid(signed("-n", "alice", "-O", "critical:verify-required=x"), "has a value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.*", "!10.0.0.1,10.0.0.0/8", "10.0.0.1/8", "*", "example.com", ""})
  void refusesSourcesThatAreNoAddresses(String sources) throws Exception {
    assertInvalid(Forged.withCritical("source-address", sources), "source-address");
  }

  @Test
  void refusesOneWithAnyBitTurned() {
    byte[] blob = signed("-n", "alice", "-O", "source-address=10.0.0.0/8").blob();
    for (int i = 4 + 32; i < blob.length; i++) {
      byte[] turned = blob.clone();
      turned[i] ^= 1;
      if (Certificate.read(new OfferedKey(turned)) instanceof Certificate.Whole(var certificate)) {
        boolean others = !certificate.authority().equals(keygen.publicKey("ca"));
        assertThat(
                others
                    || CertificateRules.DEFAULT.judge(certificate, NOW)
                        instanceof CertificateRules.Invalid)
            .as("byte %d", i)
            .isTrue();
      }
    }
  }

  @Test
  void refusesOneThatIsCutOrLonger() {
    byte[] blob = signed("-n", "alice").blob();
    for (int length = 40; length < blob.length; length++) {
      assertThat(Certificate.read(new OfferedKey(Arrays.copyOf(blob, length))))
          .isInstanceOf(Certificate.Broken.class);
    }
    assertThat(Certificate.read(new OfferedKey(Arrays.copyOf(blob, blob.length + 1))))
        .isInstanceOf(Certificate.Broken.class);
    assertThat(Certificate.read(new OfferedKey(Arrays.copyOf(blob, Certificate.LARGEST + 1))))
        .hasToString("Broken[what=it is larger than 65536 bytes]");
  }

  @Test
  void refusesAChainOfAuthorities() throws Exception {
    assertThat(Certificate.read(Forged.withAuthority(signed("-n", "alice"))))
        .isInstanceOfSatisfying(
            Certificate.Broken.class, broken -> assertThat(broken.what()).contains("no chains"));
  }

  @Test
  void takesAFidoAuthority() throws Exception {
    assertThat(judge(Forged.byFidoAuthority())).isInstanceOf(CertificateRules.Valid.class);
    assertInvalid(Forged.byFidoAuthorityOfAnotherApplication(), "does not hold");
  }
}
