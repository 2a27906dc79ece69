package dev.sallyport.plugins.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeysFolder;
import dev.sallyport.support.keys.TestKeys;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class InstanceConnectTest {
  private static final OfferedKey KEY = TestKeys.ed25519(7);
  private static final OfferedKey OTHER = TestKeys.ed25519(8);
  private static final String LINE = TestKeys.line(KEY);
  private static final Duration DAYS = Duration.ofDays(3);

  @TempDir Path folder;
  private FakeMetadata metadata;
  private FakeAuthority authority;

  @BeforeEach
  void startMetadata() throws Exception {
    metadata = new FakeMetadata();
    authority = new FakeAuthority();
  }

  @AfterEach
  void stopMetadata() {
    metadata.close();
  }

  private Ec2 open() throws Exception {
    return Ec2.open(settings());
  }

  private Map<String, Object> settings() throws Exception {
    return Ec2.settings(metadata.endpoint(), authority.writeRoot(folder.resolve("root.pem")));
  }

  @Test
  void acceptsAKeyThatAwsSignedForThisInstanceAndUser() throws Exception {
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY))
          .isEqualTo(
              new Verdict.Accepted(
                  "alice",
                  Set.of(),
                  "EC2 Instance Connect: arn:aws:iam::123456789012:user/alice",
                  Restrictions.NONE));
      assertThat(ec2.ask("bob", KEY)).isEqualTo(new Verdict.Unclaimed());
      assertThat(ec2.ask("alice", OTHER)).isEqualTo(new Verdict.Unclaimed());
      assertThat(ec2.told()).isEmpty();
    }
  }

  /** What is wrong with what the service gives, and what the operator must hear. */
  private record Variant(String name, String told, BiConsumer<FakeMetadata, FakeAuthority> lie) {}

  @TestFactory
  Stream<DynamicTest> acceptsNothingOf() {
    return Stream.of(
            new Variant(
                "aSignerOfAnotherName",
                "another signer",
                (service, ca) ->
                    service
                        .signedBy(ca.withSigner("CN=managed-ssh-signer.example.com", Instant.now()))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerOfAnotherRegion",
                "another signer",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .put("meta-data/placement/availability-zone", "us-east-1a")
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerOfTwoNames",
                "another signer",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.withSigner(
                                "CN=" + FakeAuthority.SIGNER + ",CN=example.com", Instant.now()))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aDomainThatIsNotAwss",
                "domain",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.withSigner(
                                "CN=managed-ssh-signer.eu-central-1.example.com", Instant.now()))
                        .put("meta-data/services/domain", "example.com")
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerThatExpired",
                "does not hold: validity check failed",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.withSigner("CN=" + FakeAuthority.SIGNER, Instant.now().minus(DAYS)))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerThatIsNotYetValid",
                "does not hold: validity check failed",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.withSigner("CN=" + FakeAuthority.SIGNER, Instant.now().plus(DAYS)))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerWhoseCertificateIsNotForSignatures",
                "not for signatures",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.withSigner(
                                ca.ofMiddle(
                                    "CN=" + FakeAuthority.SIGNER,
                                    ca.signerKeys,
                                    FakeAuthority.Kind.SIGNER_WITHOUT_SIGNATURES)))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerThatSignedItself",
                "not chain to a trusted root",
                (service, ca) -> {
                  X509Certificate own =
                      FakeAuthority.certificate(
                          "CN=" + FakeAuthority.SIGNER,
                          ca.signerKeys,
                          "CN=" + FakeAuthority.SIGNER,
                          ca.signerKeys,
                          Instant.now(),
                          FakeAuthority.Kind.SIGNER);
                  service
                      .signedBy(ca.withSigner(own).withChain(own))
                      .active("alice", ca.block(LINE));
                }),
            new Variant(
                "aSignerBelowAStranger",
                "does not hold",
                (service, ca) -> {
                  X509Certificate forged =
                      FakeAuthority.certificate(
                          "CN=" + FakeAuthority.SIGNER,
                          ca.signerKeys,
                          "CN=Middle",
                          ca.strangersKeys,
                          Instant.now(),
                          FakeAuthority.Kind.SIGNER);
                  service.signedBy(ca.withSigner(forged)).active("alice", ca.block(LINE));
                }),
            new Variant(
                "aSignerBelowOneThatIsNoAuthority",
                "does not hold",
                (service, ca) -> {
                  X509Certificate notAuthority =
                      ca.ofMiddle("CN=Lower", ca.strangersKeys, FakeAuthority.Kind.SIGNER);
                  X509Certificate below =
                      FakeAuthority.certificate(
                          "CN=" + FakeAuthority.SIGNER,
                          ca.signerKeys,
                          "CN=Lower",
                          ca.strangersKeys,
                          Instant.now(),
                          FakeAuthority.Kind.SIGNER);
                  ca.withSigner(below)
                      .withChain(below, notAuthority, ca.middle)
                      .staple(notAuthority, FakeAuthority.Status.GOOD)
                      .staple(below, ca.strangersKeys, notAuthority);
                  service.signedBy(ca).active("alice", ca.block(LINE));
                }),
            new Variant(
                "aChainWithoutItsMiddle",
                "not chain to a trusted root",
                (service, ca) ->
                    service.signedBy(ca.withChain(ca.signer)).active("alice", ca.block(LINE))),
            new Variant(
                "aChainThatIsCut",
                "cannot be read",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .put(
                            "meta-data/managed-ssh-keys/signer-cert/", ca.chain().substring(0, 900))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerWithoutStaple",
                "no OCSP response",
                (service, ca) ->
                    service.signedBy(ca.unstaple(ca.signer)).active("alice", ca.block(LINE))),
            new Variant(
                "anAuthorityWithoutStaple",
                "no OCSP response",
                (service, ca) ->
                    service.signedBy(ca.unstaple(ca.middle)).active("alice", ca.block(LINE))),
            new Variant(
                "aSignerThatIsRevoked",
                "does not hold: Certificate has been revoked",
                (service, ca) ->
                    service
                        .signedBy(ca.staple(ca.signer, FakeAuthority.Status.REVOKED))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "anAuthorityThatIsRevoked",
                "does not hold: Certificate has been revoked",
                (service, ca) ->
                    service
                        .signedBy(ca.staple(ca.middle, FakeAuthority.Status.REVOKED))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aSignerThatItsResponderDoesNotKnow",
                "does not hold: ",
                (service, ca) ->
                    service
                        .signedBy(ca.staple(ca.signer, FakeAuthority.Status.UNKNOWN))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "anOldStaple",
                "does not hold: ",
                (service, ca) ->
                    service
                        .signedBy(ca.staple(ca.signer, Instant.now().minus(Duration.ofHours(2))))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aStapleOfTheFuture",
                "does not hold: ",
                (service, ca) ->
                    service
                        .signedBy(ca.staple(ca.signer, Instant.now().plus(Duration.ofHours(2))))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aStapleByAStranger",
                "does not hold: ",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.staple(
                                ca.signer,
                                ca.strangersKeys,
                                FakeAuthority.certificate(
                                    "CN=Stranger",
                                    ca.strangersKeys,
                                    "CN=Stranger",
                                    ca.strangersKeys,
                                    Instant.now(),
                                    FakeAuthority.Kind.RESPONDER)))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aStapleByOneWhomTheIssuerDidNotDelegate",
                "does not hold: ",
                (service, ca) ->
                    service
                        .signedBy(
                            ca.staple(
                                ca.signer,
                                ca.strangersKeys,
                                ca.ofMiddle("CN=Web", ca.strangersKeys, FakeAuthority.Kind.SIGNER)))
                        .active("alice", ca.block(LINE))),
            new Variant(
                "aStapleOfAnotherCertificate",
                "does not hold: ",
                (service, ca) -> {
                  X509Certificate old = ca.signer;
                  String staple = ca.stapleOf(old);
                  ca.withSigner("CN=" + FakeAuthority.SIGNER, Instant.now())
                      .staple(ca.signer, staple);
                  service.signedBy(ca).active("alice", ca.block(LINE));
                }),
            new Variant(
                "aStapleThatIsNone",
                "does not hold",
                (service, ca) ->
                    service.signedBy(ca.staple(ca.signer, "AAAA")).active("alice", ca.block(LINE))),
            new Variant(
                "aKeyForAnotherInstance",
                "another instance",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.block(LINE, "i-0ffffffffffffffff", Instant.now().plusSeconds(60)))),
            new Variant(
                "aKeyForNoInstance",
                "another instance",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active("alice", ca.signed("#Timestamp=9999999999\n" + LINE + "\n", 32))),
            new Variant(
                "aKeyForTwoInstances",
                "another instance",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.signed(
                                "#Timestamp=9999999999\n#Instance="
                                    + FakeAuthority.INSTANCE
                                    + "\n#Instance=i-0ffffffffffffffff\n"
                                    + LINE
                                    + "\n",
                                32))),
            new Variant(
                "aKeyThatExpired",
                "",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.block(LINE, FakeAuthority.INSTANCE, Instant.now().minusSeconds(1)))),
            new Variant(
                "aKeyWithoutExpiry",
                "",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.signed(
                                "#Instance=" + FakeAuthority.INSTANCE + "\n" + LINE + "\n", 32))),
            new Variant(
                "aSignatureWithATurnedBit",
                "wrong signature",
                (service, ca) -> service.signedBy(ca).active("alice", turnBit(ca.block(LINE)))),
            new Variant(
                "aSignatureOfAnotherSaltLength",
                "wrong signature",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.signed(
                                "#Timestamp=9999999999\n#Instance="
                                    + FakeAuthority.INSTANCE
                                    + "\n"
                                    + LINE
                                    + "\n",
                                20))),
            new Variant(
                "anotherKeyThanWasSigned",
                "wrong signature",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.block(TestKeys.line(OTHER)).replace(TestKeys.line(OTHER), LINE))),
            new Variant(
                "anExpiryThatWasChanged",
                "wrong signature",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .active(
                            "alice",
                            ca.block(LINE).replaceFirst("Timestamp=\\d+", "Timestamp=9999999999"))),
            new Variant(
                "aBlobThatIsCut",
                "cut or malformed",
                (service, ca) -> {
                  String block = ca.block(LINE);
                  service
                      .signedBy(ca)
                      .active("alice", block.substring(0, block.indexOf(LINE) + LINE.length()));
                }),
            new Variant(
                "aSignatureThatIsCut",
                "wrong signature",
                (service, ca) -> {
                  String block = ca.block(LINE).strip();
                  service.signedBy(ca).active("alice", block.substring(0, block.length() - 40));
                }),
            new Variant(
                "aKeyWithOptions",
                "not a plain public key",
                (service, ca) ->
                    service.signedBy(ca).active("alice", ca.block("from=\"0.0.0.0/0\" " + LINE))),
            new Variant(
                "aThousandKeys",
                "more than " + SignedBlock.MOST,
                (service, ca) ->
                    service.signedBy(ca).active("alice", "#\n\n".repeat(1000) + ca.block(LINE))),
            new Variant(
                "aMegabyteOfKeys",
                "too large",
                (service, ca) ->
                    service.signedBy(ca).active("alice", ca.block(LINE) + "#".repeat(1 << 20))),
            new Variant(
                "aServiceThatSaysThePageIsThereToEverything",
                "gave an unexpected answer",
                (service, ca) ->
                    service
                        .signedBy(ca)
                        .put("meta-data/instance-id", "<html>Welcome to the hotel</html>")
                        .active("alice", ca.block(LINE))))
        .map(variant -> dynamicTest(variant.name(), () -> acceptsNothing(variant)));
  }

  private static String turnBit(String block) {
    String signature = block.strip().substring(block.strip().lastIndexOf('\n') + 1);
    byte[] turned = Base64.getDecoder().decode(signature);
    turned[100] ^= 1;
    return block.replace(signature, Base64.getEncoder().encodeToString(turned));
  }

  /** Dynamic tests share what is made before each test, so each has its own here. */
  private void acceptsNothing(Variant variant) throws Exception {
    FakeAuthority ca = new FakeAuthority();
    try (FakeMetadata service = new FakeMetadata()) {
      variant.lie().accept(service, ca);
      Path root = ca.writeRoot(folder.resolve("root.pem"));
      try (Ec2 ec2 = Ec2.open(Ec2.settings(service.endpoint(), root))) {
        assertThat(ec2.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
        assertThat(ec2.told()).contains(variant.told());
        if (variant.told().isEmpty()) {
          assertThat(ec2.told()).isEmpty();
        }
      }
    }
  }

  @Test
  void oneBadKeyDoesNotTakeTheOthersAway() throws Exception {
    metadata
        .signedBy(authority)
        .active(
            "alice", turnBit(authority.block(TestKeys.line(OTHER))), authority.block(LINE) + "\n");
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
      assertThat(ec2.ask("alice", OTHER)).isEqualTo(new Verdict.Unclaimed());
      assertThat(ec2.told()).contains("wrong signature");
    }
  }

  @Test
  void believesAResponderThatTheIssuerDelegated() throws Exception {
    X509Certificate responder =
        authority.ofMiddle("CN=Responder", authority.strangersKeys, FakeAuthority.Kind.RESPONDER);
    metadata
        .signedBy(authority.staple(authority.signer, authority.strangersKeys, responder))
        .active("alice", authority.block(LINE));
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY)).as(ec2.told()).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Test
  void refusesAWeakKeyWithTheReason() throws Exception {
    OfferedKey weak = TestKeys.rsa(1024);
    metadata.signedBy(authority).active("alice", authority.block(TestKeys.line(weak)));
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", weak)).isInstanceOf(Verdict.Refused.class);
    }
  }

  @Test
  void aLoginGoesOnWhenItsKeyIsGoneFromTheService() throws Exception {
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    Ec2PluginFactory factory = new Ec2PluginFactory(Map.of());
    try (Ec2 ec2 = Ec2.open(factory, settings())) {
      Verdict accepted = ec2.ask("alice", KEY);
      assertThat(accepted).isInstanceOf(Verdict.Accepted.class);
      metadata.inactive("alice");
      assertThat(ec2.askAgain("alice", KEY)).isEqualTo(accepted);
      assertThat(ec2.askAgain("alice", OTHER)).isEqualTo(new Verdict.Unclaimed());
      assertThat(ec2.askAgain("bob", KEY)).isEqualTo(new Verdict.Unclaimed());
      try (Ec2 reloaded = Ec2.open(factory, settings())) {
        assertThat(reloaded.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
        assertThat(reloaded.askAgain("alice", KEY)).isEqualTo(accepted);
      }
    }
  }

  @Test
  void whatItSaidOnceDoesNotStandBeforeTheLaunchKey() throws Exception {
    Map<String, Object> settings = settings();
    settings.put("launch-key-users", List.of("alice"));
    Ec2PluginFactory factory = new Ec2PluginFactory(Map.of());
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    try (Ec2 before = Ec2.open(factory, settings)) {
      assertThat(before.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
    }
    metadata.launchedWith(LINE + " my-key");
    try (Ec2 ec2 = Ec2.open(factory, settings)) {
      Verdict launch = new Verdict.Accepted("alice", Set.of(), "my-key", Restrictions.NONE);
      assertThat(ec2.ask("alice", KEY)).isEqualTo(launch);
      assertThat(ec2.askAgain("alice", KEY)).isEqualTo(launch);
    }
  }

  @Test
  void aLoginGoesOnWhileTheServiceIsSilentAboutTheLaunchKey() throws Exception {
    Map<String, Object> settings = settings();
    settings.put("launch-key-users", List.of("alice"));
    Ec2PluginFactory factory = new Ec2PluginFactory(Map.of());
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    try (Ec2 before = Ec2.open(factory, settings)) {
      assertThat(before.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
    }
    metadata.close();
    try (Ec2 ec2 = Ec2.open(factory, settings)) {
      assertThat(ec2.askAgain("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Test
  void aLoginEndsWhenInstanceConnectIsSwitchedOff() throws Exception {
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    Ec2PluginFactory factory = new Ec2PluginFactory(Map.of());
    try (Ec2 ec2 = Ec2.open(factory, settings())) {
      assertThat(ec2.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
    }
    Map<String, Object> off = settings();
    off.put("instance-connect", false);
    try (Ec2 ec2 = Ec2.open(factory, off)) {
      assertThat(ec2.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
      assertThat(ec2.askAgain("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
    }
  }

  @Test
  void followsASignerThatChanges() throws Exception {
    metadata.signedBy(authority).active("alice", authority.block(LINE));
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
      long before = fetchesOfSigner();
      assertThat(ec2.ask("bob", KEY)).isEqualTo(new Verdict.Unclaimed());
      metadata.active("bob", turnBit(authority.block(LINE)));
      assertThat(ec2.ask("carol", KEY)).isEqualTo(new Verdict.Unclaimed());
      assertThat(fetchesOfSigner()).isEqualTo(before);
      metadata.active("dave", turnBit(authority.block(LINE)));
      assertThat(ec2.ask("dave", KEY)).isEqualTo(new Verdict.Unclaimed());
      assertThat(fetchesOfSigner()).isEqualTo(before + 1);
    }
  }

  private long fetchesOfSigner() {
    return metadata.asked().stream().filter(one -> one.endsWith("/signer-cert/")).count();
  }

  @Test
  void asksOnlyForTheNameUnlessThereAreKeys() throws Exception {
    try (Ec2 ec2 = open()) {
      ec2.ask("alice@example.com", KEY);
      assertThat(metadata.asked())
          .containsExactly(
              "PUT api/token", "HEAD meta-data/managed-ssh-keys/active-keys/alice%40example.com/");
      ec2.ask("../alice", KEY);
      ec2.ask("", KEY);
      assertThat(metadata.asked()).hasSize(2);
    }
  }

  @Test
  void aKeyThatIsSentAfterItWasAskedForIsFoundAtOnce() throws Exception {
    metadata.signedBy(authority);
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
      metadata.active("alice", authority.block(TestKeys.line(OTHER)));
      assertThat(ec2.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
      metadata.active("alice", authority.block(TestKeys.line(OTHER)), authority.block(LINE));
      assertThat(ec2.ask("alice", KEY)).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Test
  void asksNoResponderOnTheNetwork() throws Exception {
    try (RawServer responder = RawServer.always("HTTP/1.1 404 No\r\n\r\n")) {
      authority.withResponderAt(responder.endpoint() + "/ocsp");
      metadata.active("alice", authority.block(LINE));
      List<Runnable> wrongs =
          List.of(
              () -> authority.unstaple(authority.signer),
              () -> authority.staple(authority.signer, FakeAuthority.Status.UNKNOWN),
              () -> authority.staple(authority.signer, Instant.now().minus(DAYS)),
              () -> authority.staple(authority.signer, "AAAA"));
      for (Runnable wrong : wrongs) {
        wrong.run();
        metadata.signedBy(authority);
        try (Ec2 ec2 = open()) {
          assertThat(ec2.ask("alice", KEY)).isEqualTo(new Verdict.Unclaimed());
        }
      }
      assertThat(responder.connections()).isZero();
      metadata.signedBy(authority.staple(authority.signer, FakeAuthority.Status.GOOD));
      try (Ec2 ec2 = open()) {
        assertThat(ec2.ask("alice", KEY)).as(ec2.told()).isInstanceOf(Verdict.Accepted.class);
      }
    }
  }

  @Test
  void readsLocalZonesOfARegion() throws Exception {
    metadata
        .signedBy(
            authority.withSigner("CN=managed-ssh-signer.us-west-2.amazonaws.com", Instant.now()))
        .put("meta-data/placement/availability-zone", "us-west-2-lax-1a")
        .active("alice", authority.block(LINE));
    try (Ec2 ec2 = open()) {
      assertThat(ec2.ask("alice", KEY)).as(ec2.told()).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Test
  void rootsThatOthersCouldAddToAreAFaultOfTheConfiguration() throws Exception {
    Map<String, Object> settings = settings();
    Path roots = Path.of((String) settings.get("roots"));
    KeysFolder.mode(roots, "rw-rw-rw-");
    assertThatThrownBy(() -> Ec2.open(settings))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .singleElement()
                    .satisfies(fault -> {
                      assertThat(fault.key()).isEqualTo("roots");
                      assertThat(fault.message()).startsWith(roots + " ").contains("chmod go-w");
                    }));
  }

  @Test
  void javasOwnRootsHaveThoseOfAmazon() throws Exception {
    List<String> names =
        TrustedRoots.ofJava().anchors().stream()
            .map(anchor -> anchor.getTrustedCert().getSubjectX500Principal().getName())
            .toList();
    assertThat(names).anyMatch(name -> name.contains("CN=Amazon Root CA 1"));
  }
}
