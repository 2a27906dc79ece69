package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.PermittedDestination;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.spi.Restrictions.Permission;
import dev.sallyport.spi.SourcePatterns;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLineParserTest {
  private static final OfferedKey KEY = TestKeys.ed25519(1);
  private static final OfferedKey FIDO = TestKeys.skEd25519(1);
  private static final String LINE = TestKeys.line(KEY);
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private static KeyLine parse(String line) {
    return new KeyLineParser(KeyOwner.ONE_USER, ZONE).parse(line);
  }

  private static KeyLine parseForAll(String line) {
    return new KeyLineParser(KeyOwner.FOR_ALL, ZONE).parse(line);
  }

  private static KeyLine usable(OfferedKey key, String comment, Restrictions restrictions) {
    return new KeyLine.UsableKey(key, comment, restrictions, Optional.empty(), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "#", "# ssh-ed25519 AAAA", "  \t# note", "#\""})
  void skipsBlankLinesAndComments(String line) {
    assertThat(parse(line)).isEqualTo(new KeyLine.Blank());
  }

  static Stream<OfferedKey> everyType() {
    return Stream.of(
        KEY,
        FIDO,
        TestKeys.rsa(2048),
        TestKeys.rsa(3072),
        TestKeys.rsa(4095),
        TestKeys.rsa(16384),
        TestKeys.ecdsa(256),
        TestKeys.ecdsa(384),
        TestKeys.ecdsa(521),
        TestKeys.skEcdsa());
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void readsEveryTypeOfKey(OfferedKey key) {
    assertThat(parse(TestKeys.line(key))).isEqualTo(usable(key, "", Restrictions.NONE));
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void refusesEveryKeyThatIsNotWhole(OfferedKey key) {
    byte[] blob = key.blob();
    for (int length = 0; length < blob.length; length += blob.length > 500 ? 37 : 1) {
      String cut = Base64.getEncoder().encodeToString(Arrays.copyOf(blob, length));
      assertThat(parse(key.type() + " " + cut)).isInstanceOf(KeyLine.Wrong.class);
    }
    String longer = Base64.getEncoder().encodeToString(Arrays.copyOf(blob, blob.length + 1));
    assertThat(parse(key.type() + " " + longer)).isInstanceOf(KeyLine.Wrong.class);
  }

  @Test
  void readsTheCommentToTheEndOfTheLine() {
    assertThat(parse(LINE + " alice's laptop, \"new\" é "))
        .isEqualTo(usable(KEY, "alice's laptop, \"new\" é", Restrictions.NONE));
  }

  @Test
  void separatesBySpacesAndTabs() {
    String spaced =
        " \t no-touch-required,user-rc\t \t" + KEY.type() + "\t " + TestKeys.base64(KEY) + " \tx";
    assertThat(parse(spaced))
        .isEqualTo(usable(KEY, "x", Restrictions.NONE.without(Attestation.TOUCH)));
  }

  @Test
  void takesBase64WithoutPadding() {
    OfferedKey padded = TestKeys.skEd25519(9);
    assertThat(TestKeys.base64(padded)).endsWith("=");
    assertThat(parse(TestKeys.line(padded).replace("=", "")))
        .isEqualTo(usable(padded, "", Restrictions.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port-forwarding                           | FORWARDING,PTY,AGENT_FORWARDING",
        "no-port-forwarding                        | PTY,AGENT_FORWARDING",
        "no-pty                                    | FORWARDING,AGENT_FORWARDING",
        "no-agent-forwarding                       | FORWARDING,PTY",
        "restrict                                  | ''",
        "restrict,port-forwarding                  | FORWARDING",
        "port-forwarding,restrict                  | ''",
        "restrict,port-forwarding,no-port-forwarding | ''",
        "restrict,pty,agent-forwarding             | PTY,AGENT_FORWARDING",
        "no-X11-forwarding,no-user-rc              | FORWARDING,PTY,AGENT_FORWARDING",
        "restrict,X11-forwarding,user-rc           | ''",
        "RESTRICT                                  | ''",
        "No-Port-Forwarding                        | PTY,AGENT_FORWARDING",
      })
  void appliesPermissionsInTheirOrder(String options, String permissions) {
    Restrictions expected = Restrictions.NONE.withoutPermissions();
    for (String permission : permissions.split(",", -1)) {
      if (!permission.isEmpty()) {
        expected = expected.with(Permission.valueOf(permission));
      }
    }
    assertThat(parse(options + " " + LINE)).isEqualTo(usable(KEY, "", expected));
  }

  @Test
  void honoursTouchAndVerificationOfFidoKeys() {
    assertThat(parse("no-touch-required " + TestKeys.line(FIDO)))
        .isEqualTo(usable(FIDO, "", Restrictions.NONE.without(Attestation.TOUCH)));
    assertThat(parse("verify-required " + TestKeys.line(FIDO)))
        .isEqualTo(usable(FIDO, "", Restrictions.NONE.with(Attestation.VERIFICATION)));
  }

  @Test
  void honoursWhereTheClientMayComeFrom() {
    SourcePatterns patterns = SourcePatterns.parse("!10.9.8.7,10.0.0.0/8,*.example.com");
    assertThat(parse("from=\"" + patterns.text() + "\" " + LINE))
        .isEqualTo(usable(KEY, "", Restrictions.NONE.withSource(patterns)));
  }

  @Test
  void honoursWhereTheUserMayGo() {
    assertThat(parse("permitopen=\"10.0.2.5:22\",permitopen=\"[fd00::1]:*\" " + LINE))
        .isEqualTo(
            usable(
                KEY,
                "",
                Restrictions.NONE.withPermitOpen(
                    Set.of(
                        new PermittedDestination("10.0.2.5", OptionalInt.of(22)),
                        new PermittedDestination("fd00::1", OptionalInt.empty())))));
  }

  @Test
  void honoursTheForcedCommand() {
    assertThat(parse("restrict,command=\"ssh ec2-user@10.0.2.5 \\\"df -h\\\"\" " + LINE))
        .isEqualTo(
            usable(
                KEY,
                "",
                Restrictions.NONE
                    .withoutPermissions()
                    .withCommand("ssh ec2-user@10.0.2.5 \"df -h\"")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8080", "localhost:8080", "*:*", "[::1]:8080", "*"})
  void acceptsWhereOneMightListenBecauseNobodyMay(String value) {
    assertThat(parse("permitlisten=\"" + value + "\" " + LINE))
        .isEqualTo(usable(KEY, "", Restrictions.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cert-authority                                       |",
        "principals=\"oncall,group:ops\",cert-authority         | oncall,group:ops",
        "CERT-AUTHORITY,principals=\"alice@example.com\"        | alice@example.com",
      })
  void readsAnAuthorityWhereSomebodyAsksAboutCertificates(String options, String principals) {
    for (KeyOwner kind : KeyOwner.values()) {
      assertThat(KeyLineParser.withAuthorities(kind, ZONE).parse(options + " " + LINE + " ca"))
          .isEqualTo(
              new KeyLine.Authority(
                  KEY,
                  "ca",
                  Restrictions.NONE,
                  Optional.ofNullable(principals).map(names -> Set.of(names.split(","))),
                  List.of()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cert-authority,principals=\"\"",
        "cert-authority,principals=\"alice,\"",
        "cert-authority,principals=\"alice bob\"",
        "cert-authority,environment=\"A\"",
        "cert-authority=\"yes\"",
        "principals=\"group:ops\"",
      })
  void refusesAnAuthorityWhoseOptionsCannotBeHonoured(String options) {
    assertThat(KeyLineParser.withAuthorities(KeyOwner.FOR_ALL, ZONE).parse(options + " " + LINE))
        .isInstanceOf(KeyLine.RefusedKey.class);
  }

  @Test
  void refusesVerificationOfAKeyThatCannotAttestIt() {
    assertThat(parse("verify-required " + LINE)).isInstanceOf(KeyLine.RefusedKey.class);
  }

  @ParameterizedTest
  @CsvSource({
    "20300102,2030-01-01T23:00:00Z",
    "20300102Z,2030-01-02T00:00:00Z",
    "203001021530,2030-01-02T14:30:00Z",
    "203001021530Z,2030-01-02T15:30:00Z",
    "20300102153059,2030-01-02T14:30:59Z",
    "20300102153059Z,2030-01-02T15:30:59Z",
    "20300702153059,2030-07-02T13:30:59Z",
    "20240229Z,2024-02-29T00:00:00Z",
    // Clocks go back at 03:00: the earlier of the two.
    "202610250230,2026-10-25T00:30:00Z",
  })
  void readsExpiryTimes(String text, Instant moment) {
    assertThat(parse("expiry-time=\"" + text + "\" " + LINE))
        .isEqualTo(usable(KEY, "", Restrictions.NONE.withValidBefore(moment)));
  }

  @Test
  void theEarlierOfTwoExpiryTimesCounts() {
    assertThat(parse("expiry-time=\"20300102Z\",expiry-time=\"20310102Z\" " + LINE))
        .isEqualTo(
            usable(
                KEY, "", Restrictions.NONE.withValidBefore(Instant.parse("2030-01-02T00:00:00Z"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2030",
        "2030010",
        "20300230",
        "20301301",
        "20300100",
        "203001022400",
        "203001021260",
        "20300102153060",
        "20300102z",
        "20300102 ",
        " 20300102",
        "2030010212",
        "2030-01-02",
        "203001021530590Z",
        "99999999999999999999",
        "always",
        "+0300102",
        "٢٠٣٠٠١٠٢"
      })
  void refusesAKeyWhoseExpiryTimeIsNoTime(String text) {
    assertThat(parse("expiry-time=\"" + text + "\" " + LINE))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class,
            refused -> {
              assertThat(refused.key()).isEqualTo(KEY);
              assertThat(refused.reason()).contains("expiry-time");
            });
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "environment=\"A=b\"               | environment",
        "ENVIRONMENT=\"PATH=/opt/bin\"     | environment",
        "environment=\"A=\",environment=\"B=c, d\" | environment",
        "tunnel=\"0\"                      | tunnel",
        "tunnel=\"any\",environment=\"A=b\" | tunnel,environment",
      })
  void acceptsAKeyWithOptionsThatDoNothingHereAndNamesThem(String options, String names) {
    List<String> withoutEffect = List.of(names.split(","));
    assertThat(parse("restrict," + options + " " + LINE))
        .isEqualTo(
            new KeyLine.UsableKey(
                KEY, "", Restrictions.NONE.withoutPermissions(), Optional.empty(), withoutEffect));
    assertThat(
            KeyLineParser.withAuthorities(KeyOwner.FOR_ALL, ZONE)
                .parse("cert-authority," + options + " " + LINE))
        .isEqualTo(
            new KeyLine.Authority(KEY, "", Restrictions.NONE, Optional.empty(), withoutEffect));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=\"\"",
        "from=\"*.example.com\"",
        "from=\"10.0.0.1/8\"",
        "from=\"10.0.0.0/8\",from=\"10.0.0.0/16\"",
        "from",
        "permitopen=\"10.0.2.5\"",
        "permitopen=\"10.0.2.0/24:22\"",
        "permitopen",
        "permitlisten=\"x\"",
        "command=\" \"",
        "command=\"ssh a@b\",command=\"ssh a@b\"",
        "restrict=\"yes\"",
        "environment=\"A\"",
        "environment=\"=b\"",
        "environment=\"A-B=c\"",
        "environment",
        "tunnel=\"yes\"",
        "tunnel",
        "no-environment",
        "cert-authority",
        "principals=\"alice\"",
        "touch-required",
        "no-verify-required",
        "no-restrict",
        "agent",
        "unheard-of",
        "unheard-of=\"x\"",
        "restrict,environment=\"A\"",
        "environment=\"A\",restrict",
        "ENVIRONMENT=\"A\"",
      })
  void refusesAKeyWithAnOptionThatIsNotHonouredAndNamesIt(String options) {
    String name = options.replace("restrict,", "").replaceAll("[=,].*", "");
    assertThat(parse(options + " " + LINE))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class,
            refused -> {
              assertThat(refused.key()).isEqualTo(KEY);
              assertThat(refused.reason()).containsIgnoringCase("\"" + name + "\"");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "restrict,",
        ",restrict",
        "restrict,,pty",
        "restrict=\"\"",
        "restrict=",
        "restrict=x",
        "pty=\"yes\"",
        "expiry-time",
        "expiry-time=20300102",
        "expiry-time=\"20300102\"x",
        "expiry-time=\"20300102\"pty",
        "restrict;pty",
        "\"restrict\"",
        "=",
        "!",
        "ré",
      })
  void refusesAKeyWithMalformedOptions(String options) {
    assertThat(parse(options + " " + LINE)).isInstanceOf(KeyLine.RefusedKey.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        "AAAAC3NzaC1lZDI1NTE5",
        "alice",
        "restrict",
        "restrict, pty",
        "ssh-foo AAAAB3NzaC1yc2E",
        "restrict ssh-foo AAAAB3NzaC1yc2E",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "---- BEGIN SSH2 PUBLIC KEY ----",
        "\0",
        "\"",
        "\\",
        "\u00a0# no comment",
      })
  void tellsALineWithoutAKeyApart(String line) {
    assertThat(parse(line)).isInstanceOf(KeyLine.Wrong.class);
  }

  @Test
  void takesNoLineWhoseQuotationMarkIsMissing() {
    assertThat(parse("from=\"10.0.0.0/8 " + LINE)).isInstanceOf(KeyLine.Wrong.class);
    assertThat(parse("command=\"a\\\" " + LINE)).isInstanceOf(KeyLine.Wrong.class);
  }

  @Test
  void takesNoSecondKeyOutOfAnOptionsValue() {
    OfferedKey inner = TestKeys.ed25519(2);
    assertThat(parse("environment=\" " + TestKeys.line(inner) + " \" " + LINE))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class, refused -> assertThat(refused.key()).isEqualTo(KEY));
  }

  @Test
  void tellsALineOfAnotherTypeThanItsKey() {
    assertThat(parse("ssh-rsa " + TestKeys.base64(KEY))).isInstanceOf(KeyLine.Wrong.class);
    assertThat(parse("ssh-ed25519 " + TestKeys.base64(TestKeys.rsa(2048))))
        .isInstanceOf(KeyLine.Wrong.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2047, 16385})
  void refusesRsaKeysThatAreTooShortOrTooLong(int bits) {
    OfferedKey key = TestKeys.rsa(bits);
    assertThat(parse(TestKeys.line(key)))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class,
            refused -> {
              assertThat(refused.key()).isEqualTo(key);
              assertThat(refused.reason()).contains("bits");
            });
  }

  @Test
  void refusesAnRsaKeyWhoseExponentIsTooLongAndSaysSo() {
    byte[] exponent = new byte[33];
    exponent[0] = 1;
    exponent[32] = 1;
    byte[] modulus = BigInteger.ONE.shiftLeft(2048).subtract(BigInteger.ONE).toByteArray();
    OfferedKey key = TestKeys.key("ssh-rsa", exponent, modulus);
    assertThat(parse(TestKeys.line(key)))
        .isEqualTo(
            new KeyLine.RefusedKey(
                key, "an RSA key with an exponent of more than 256 bits is too costly"));
  }

  static Stream<byte[]> notQuiteKeys() {
    byte[] exponent = {1, 0, 1};
    byte[] modulus = new byte[257];
    Arrays.fill(modulus, 1, 257, (byte) 0xff);
    byte[] negative = Arrays.copyOfRange(modulus, 1, 257);
    byte[] padded = new byte[258];
    System.arraycopy(modulus, 0, padded, 1, 257);
    byte[] even = modulus.clone();
    even[256] = (byte) 0xfe;
    byte[] point = TestKeys.point(256);
    byte[] compressed = Arrays.copyOf(point, 33);
    compressed[0] = 2;
    return Stream.of(
        TestKeys.wire("ssh-rsa", exponent, negative),
        TestKeys.wire("ssh-rsa", exponent, padded),
        TestKeys.wire("ssh-rsa", exponent, even),
        TestKeys.wire("ssh-rsa", new byte[0], modulus),
        TestKeys.wire("ssh-rsa", new byte[] {0}, modulus),
        TestKeys.wire("ssh-rsa", new byte[] {1}, modulus),
        TestKeys.wire("ssh-rsa", new byte[] {2}, modulus),
        TestKeys.wire("ssh-rsa", exponent),
        TestKeys.wire("ssh-ed25519", new byte[31]),
        TestKeys.wire("ssh-ed25519", new byte[33]),
        TestKeys.wire("ecdsa-sha2-nistp256", TestKeys.text("nistp384"), point),
        TestKeys.wire("ecdsa-sha2-nistp256", TestKeys.text("nistp256"), compressed),
        TestKeys.wire("ecdsa-sha2-nistp256", TestKeys.text("nistp256"), TestKeys.point(384)),
        TestKeys.wire("sk-ssh-ed25519@openssh.com", new byte[32]),
        TestKeys.wire("sk-ssh-ed25519@openssh.com", new byte[32], new byte[0]),
        TestKeys.wire("sk-ssh-ed25519@openssh.com", new byte[31], TestKeys.text("ssh:")));
  }

  @ParameterizedTest
  @MethodSource("notQuiteKeys")
  void tellsAKeyWithAWrongField(byte[] blob) {
    String type = new OfferedKey(blob).type();
    assertThat(parse(type + " " + Base64.getEncoder().encodeToString(blob)))
        .isInstanceOf(KeyLine.Wrong.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh-dss", "ssh-ed25519-cert-v01@openssh.com"})
  void refusesTypesThatOpenSshHasAndSaysWhy(String type) {
    OfferedKey key = TestKeys.key(type, new byte[40]);
    assertThat(parse(TestKeys.line(key)))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class, refused -> assertThat(refused.key()).isEqualTo(key));
    assertThat(parse(type + " " + TestKeys.base64(KEY))).isInstanceOf(KeyLine.Wrong.class);
  }

  @Test
  void inAFileForAllALineSaysWhoseItIs() {
    assertThat(parseForAll("principals=\"alice,bob@example.com\" " + LINE))
        .isInstanceOfSatisfying(
            KeyLine.UsableKey.class,
            usable ->
                assertThat(usable.users().orElseThrow())
                    .containsExactlyInAnyOrder("alice", "bob@example.com"));
    assertThat(parseForAll(LINE + " alice"))
        .isInstanceOfSatisfying(
            KeyLine.RefusedKey.class,
            refused -> assertThat(refused.reason()).contains("principals=\"USER\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ",", "alice,", ",alice", "alice,,bob", "*", "alice bob", "!alice", "../alice"})
  void refusesUsersThatAreNoList(String users) {
    assertThat(parseForAll("principals=\"" + users + "\" " + LINE))
        .isInstanceOf(KeyLine.RefusedKey.class);
  }

  @Test
  void refusesTwoListsOfUsers() {
    assertThat(parseForAll("principals=\"alice\",principals=\"bob\" " + LINE))
        .isInstanceOf(KeyLine.RefusedKey.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        "-----BEGIN RSA PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
      })
  void printsNothingOfWhatMayBeAPrivateKey(String line) {
    assertThat(((KeyLine.Wrong) parse(line)).what()).doesNotContain("b3Blbn");
  }
}
