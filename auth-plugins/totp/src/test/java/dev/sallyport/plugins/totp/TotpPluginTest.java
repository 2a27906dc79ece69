package dev.sallyport.plugins.totp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.AuthPlugin;
import dev.sallyport.spi.Enrolment;
import dev.sallyport.spi.InteractiveFactor.Standing;
import dev.sallyport.spi.InteractiveFactor.Step;
import dev.sallyport.spi.InvalidSettingsException;
import dev.sallyport.spi.PluginSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With {@code oathtool} as the user's telephone, and a clock that the test turns. */
class TotpPluginTest {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
  private static final String HERE = "203.0.113.7";
  private static final Step USED = new Step.Failed("the code was used before");
  private static final Step WRONG = new Step.Failed("the code is wrong");
  private static final Step TOO_MANY = new Step.Failed("too many codes were tried");
  private static final Step PASSED = new Step.Passed("one-time code");

  @TempDir private Path directory;
  private final Clock clock = new Clock();
  private final Map<String, Object> settings = new HashMap<>();
  private AuthPlugin plugin;

  private static final class Clock implements InstantSource {
    private volatile Instant now = START;

    @Override
    public Instant instant() {
      return now;
    }

    void pass(Duration time) {
      now = now.plus(time);
    }
  }

  @BeforeEach
  void open() throws Exception {
    settings.put("directory", folder().toString());
    reopen();
  }

  @AfterEach
  void close() {
    plugin.close();
  }

  private void reopen() throws Exception {
    plugin = Telephone.open(settings, clock);
  }

  private Path folder() {
    return directory.resolve("totp");
  }

  /** One file a user, and a lock beside it. */
  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".totp")).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  private Telephone enroll(String user) throws Exception {
    Telephone telephone = Telephone.enroll(plugin, user, clock.instant());
    clock.pass(Duration.ofSeconds(Totp.PERIOD));
    return telephone;
  }

  private Step answer(String user, String answer) throws Exception {
    return Telephone.answer(plugin, user, HERE, answer);
  }

  @Test
  void takesWhatOathtoolShows() throws Exception {
    Telephone telephone = enroll("alice");
    String code = telephone.code(clock.instant());

    assertThat(answer("alice", code.substring(0, 3) + " " + code.substring(3))).isEqualTo(PASSED);
  }

  @ParameterizedTest
  @CsvSource({"SHA256, 6, --totp=sha256", "SHA512, 8, --totp=sha512", "SHA1, 8, --totp"})
  void takesOtherAlgorithmsAndLengths(String algorithm, int digits, String option)
      throws Exception {
    settings.put("algorithm", algorithm);
    settings.put("digits", digits);
    reopen();
    Enrolment.Draft draft = Telephone.factor(plugin).enrolment().orElseThrow().draft("alice");
    Telephone telephone = new Telephone(draft.secret(), List.of());
    String[] options = {option, "--digits=" + digits};

    assertThat(draft.confirm(telephone.code(START, options), Enrolment.Existing.KEEP, () -> {}))
        .isInstanceOf(Enrolment.Confirmation.Confirmed.class);
    clock.pass(Duration.ofSeconds(Totp.PERIOD));
    settings.remove("algorithm");
    settings.remove("digits");
    reopen();
    assertThat(answer("alice", telephone.code(clock.instant(), options)))
        .as("the file knows what the secret was made for")
        .isEqualTo(PASSED);
  }

  @Test
  void takesACodeOnceAlsoAfterARestart() throws Exception {
    Telephone telephone = enroll("alice");
    String code = telephone.code(clock.instant());

    assertThat(answer("alice", code)).isEqualTo(PASSED);
    assertThat(answer("alice", code)).isEqualTo(USED);
    reopen();
    assertThat(answer("alice", code)).isEqualTo(USED);
  }

  @Test
  void takesNoCodeThatIsOlderThanOneThatWasTaken() throws Exception {
    Telephone telephone = enroll("alice");
    String older = telephone.code(clock.instant());
    clock.pass(Duration.ofSeconds(Totp.PERIOD));

    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
    assertThat(answer("alice", older)).isEqualTo(USED);
  }

  @Test
  void theCodeThatConfirmedTheEnrolmentIsUsedUp() throws Exception {
    Telephone telephone = Telephone.enroll(plugin, "alice", clock.instant());

    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(USED);
  }

  @ParameterizedTest
  @CsvSource({
    "1, -30, true", "1, 30, true", "1, -60, false", "1, 60, false",
    "0, -30, false", "0, 0, true", "3, -90, true", "3, -120, false"
  })
  void forgivesATelephonesClockAsFarAsTheConfigurationSays(int drift, int seconds, boolean passes)
      throws Exception {
    settings.put("drift", drift);
    reopen();
    Telephone telephone = enroll("alice");
    clock.pass(Duration.ofHours(1));

    assertThat(answer("alice", telephone.code(clock.instant().plusSeconds(seconds))))
        .isEqualTo(passes ? PASSED : WRONG);
  }

  @Test
  void takesEachRecoveryCodeOnce() throws Exception {
    Telephone telephone = enroll("alice");
    assertThat(telephone.recoveryCodes()).hasSize(10).doesNotHaveDuplicates();
    String first = telephone.recoveryCodes().getFirst();

    assertThat(answer("alice", first)).isEqualTo(new Step.Passed("recovery code, 9 are left"));
    assertThat(answer("alice", first)).isEqualTo(WRONG);
    reopen();
    assertThat(answer("alice", first)).isEqualTo(WRONG);
    String second =
        telephone.recoveryCodes().get(1).replace("-", "").toUpperCase(java.util.Locale.ROOT);
    assertThat(answer("alice", second)).isEqualTo(new Step.Passed("recovery code, 8 are left"));
    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
  }

  @Test
  void aRecoveryCodeOfAnotherUserIsWrong() throws Exception {
    Telephone alice = enroll("alice");
    enroll("bob");

    assertThat(answer("bob", alice.recoveryCodes().getFirst())).isEqualTo(WRONG);
    assertThat(answer("bob", alice.code(clock.instant()))).isEqualTo(WRONG);
  }

  @Test
  void whoTriesTooOftenIsRefusedEvenWithTheRightCodeForAMinuteAtMost() throws Exception {
    Telephone telephone = enroll("alice");
    for (int i = 0; i < 5; i++) {
      assertThat(answer("alice", "00000" + i)).isEqualTo(WRONG);
    }

    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(TOO_MANY);
    clock.pass(Duration.ofMinutes(1));
    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
  }

  @Test
  void aReloadGivesNobodyTheirTriesAnew() throws Exception {
    var factory = new TotpPluginFactory(clock);
    Telephone telephone = enroll("alice");
    try (AuthPlugin before = factory.open(new PluginSettings(settings), (where, what) -> {});
        AuthPlugin after = factory.open(new PluginSettings(settings), (where, what) -> {})) {
      for (int i = 0; i < 5; i++) {
        assertThat(Telephone.answer(before, "alice", HERE, "00000" + i)).isEqualTo(WRONG);
      }

      String code = telephone.code(clock.instant());
      assertThat(Telephone.answer(after, "alice", HERE, code)).isEqualTo(TOO_MANY);
    }
  }

  @Test
  void whoFloodsFromElsewhereDoesNotKeepTheUserOut() throws Exception {
    Telephone telephone = enroll("alice");
    for (int i = 0; i < 100; i++) {
      Telephone.answer(plugin, "alice", "198.51.100.9", "000000");
    }

    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
  }

  @Test
  void guessingFromManySourcesIsBoundedToo() throws Exception {
    enroll("alice");
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      steps.add(Telephone.answer(plugin, "alice", "198.51.100." + i, "000000"));
    }
    for (int i = 0; i < 100; i++) {
      steps.add(Telephone.answer(plugin, "alice", "2001:db8::" + i, "000000"));
    }

    assertThat(steps).filteredOn(WRONG::equals).hasSize(20);
    assertThat(steps).filteredOn(TOO_MANY::equals).hasSize(180);
  }

  @Test
  void whatOneUserTriesCostsAnotherNothing() throws Exception {
    Telephone bob = enroll("bob");
    Telephone.enroll(plugin, "alice", clock.instant());
    for (int i = 0; i < 100; i++) {
      answer("alice", "000000");
    }

    assertThat(answer("bob", bob.code(clock.instant()))).isEqualTo(PASSED);
  }

  @Test
  void aWrongCodeEnrolsNobodyAndAnEnrolmentIsReplacedOnlyWhenAsked() throws Exception {
    Enrolment enrolment = Telephone.factor(plugin).enrolment().orElseThrow();
    Enrolment.Draft draft = enrolment.draft("alice");

    assertThat(draft.confirm("123", Enrolment.Existing.KEEP, () -> {}))
        .isEqualTo(new Enrolment.Confirmation.WrongCode());
    assertThat(Telephone.factor(plugin).standing("alice")).isEqualTo(Standing.NOT_ENROLLED);
    Telephone old = enroll("alice");
    Enrolment.Draft another = enrolment.draft("alice");
    String code = new Telephone(another.secret(), List.of()).code(clock.instant());
    assertThat(another.confirm(code, Enrolment.Existing.KEEP, () -> {}))
        .isEqualTo(new Enrolment.Confirmation.AlreadyEnrolled());
    assertThat(answer("alice", old.code(clock.instant()))).isEqualTo(PASSED);
    assertThat(another.confirm(code, Enrolment.Existing.REPLACE, () -> {}))
        .isInstanceOf(Enrolment.Confirmation.Confirmed.class);
    clock.pass(Duration.ofSeconds(Totp.PERIOD));
    assertThat(answer("alice", old.code(clock.instant()))).isEqualTo(WRONG);
  }

  @Test
  void nothingChangesThatCannotBeToldBefore() throws Exception {
    Enrolment enrolment = Telephone.factor(plugin).enrolment().orElseThrow();
    Telephone telephone = enroll("alice");
    Enrolment.Before fails =
        () -> {
          throw new IOException("no audit");
        };
    Enrolment.Draft draft = enrolment.draft("bob");
    String code = new Telephone(draft.secret(), List.of()).code(clock.instant());

    assertThatThrownBy(() -> enrolment.remove("alice", fails)).hasMessage("no audit");
    assertThatThrownBy(() -> draft.confirm(code, Enrolment.Existing.KEEP, fails))
        .hasMessage("no audit");
    assertThat(draft.confirm("1", Enrolment.Existing.KEEP, fails))
        .as("there is nothing to tell")
        .isEqualTo(new Enrolment.Confirmation.WrongCode());
    assertThat(enrolment.remove("carol", fails)).isEqualTo(Enrolment.Removal.NOT_ENROLLED);
    assertThat(Telephone.factor(plugin).standing("bob")).isEqualTo(Standing.NOT_ENROLLED);
    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
  }

  @Test
  void listsAndRemoves() throws Exception {
    Enrolment enrolment = Telephone.factor(plugin).enrolment().orElseThrow();
    enroll("bob");
    enroll("al ice/../é");

    assertThat(enrolment.enrolled())
        .containsExactly(
            new Enrolment.Enrolled("al ice/../é", "6 digits, SHA1, 10 recovery codes left"),
            new Enrolment.Enrolled("bob", "6 digits, SHA1, 10 recovery codes left"));
    assertThat(enrolment.remove("bob", () -> {})).isEqualTo(Enrolment.Removal.REMOVED);
    assertThat(enrolment.remove("bob", () -> {})).isEqualTo(Enrolment.Removal.NOT_ENROLLED);
    assertThat(Telephone.factor(plugin).standing("bob")).isEqualTo(Standing.NOT_ENROLLED);
  }

  @Test
  void saysAllOfItInAUriThatAppsRead() throws Exception {
    settings.put("issuer", "ACME & Co");
    settings.put("algorithm", "SHA256");
    settings.put("digits", 8);
    reopen();
    Enrolment.Draft draft = Telephone.factor(plugin).enrolment().orElseThrow().draft("al ice");

    assertThat(draft.uri())
        .isEqualTo(
            "otpauth://totp/ACME%20%26%20Co:al%20ice?secret="
                + draft.secret()
                + "&issuer=ACME%20%26%20Co&algorithm=SHA256&digits=8");
    assertThat(draft.secret()).matches("[A-Z2-7]{52}");
  }

  @Test
  void filesAreForTheServersUserAlone() throws Exception {
    enroll("alice");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())))
        .isEqualTo("rw-------");
    assertThat(onlyFile().getFileName().toString()).matches("[0-9a-f]{64}\\.totp");
  }

  @ParameterizedTest
  @CsvSource({"file, rw-r-----, chmod 600", "folder, rwx-----x, chmod 700"})
  void whatIsOpenToOthersLetsNobodyPass(String what, String permissions, String advice)
      throws Exception {
    Telephone telephone = enroll("alice");
    Files.setPosixFilePermissions(
        what.equals("file") ? onlyFile() : folder(), PosixFilePermissions.fromString(permissions));

    String code = telephone.code(clock.instant());
    assertThatThrownBy(() -> answer("alice", code))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("open to others")
        .hasMessageContaining(advice);
  }

  @Test
  void beforeTheFirstEnrolmentNobodyIsEnrolledAndTheOperatorReadsWhatToDo() throws Exception {
    assertThat(Telephone.factor(plugin).standing("alice")).isEqualTo(Standing.NOT_ENROLLED);
    assertThat(answer("alice", "123456")).isEqualTo(new Step.NotEnrolled());
    Enrolment enrolment = Telephone.factor(plugin).enrolment().orElseThrow();
    assertThat(enrolment.enrolled()).isEmpty();
    assertThat(enrolment.remove("alice", () -> {})).isEqualTo(Enrolment.Removal.NOT_ENROLLED);
    assertThat(problemsAtOpen())
        .singleElement()
        .asString()
        .contains("nobody has a second factor yet", "second-factor enroll");
    assertThat(folder()).as("only an enrolment makes it").doesNotExist();

    enroll("alice");
    assertThat(problemsAtOpen()).isEmpty();
    assertThat(Telephone.factor(plugin).standing("alice")).isEqualTo(Standing.ENROLLED);
  }

  @Test
  void afterAnEnrolmentAFolderThatIsGoneIsAFaultUntilAUserIsEnrolledAgain() throws Exception {
    Telephone telephone = enroll("alice");
    String code = telephone.code(clock.instant());
    Files.move(folder(), directory.resolve("lost"));

    assertThatThrownBy(() -> Telephone.factor(plugin).standing("alice"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder() + " does not exist, but users were enrolled in it");
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("does not exist");
    assertThat(problemsAtOpen())
        .singleElement()
        .asString()
        .contains("nobody can pass", folder() + " does not exist");

    enroll("bob");
    assertThat(Telephone.factor(plugin).standing("alice")).isEqualTo(Standing.NOT_ENROLLED);
    assertThat(problemsAtOpen()).isEmpty();
  }

  private List<String> problemsAtOpen() throws Exception {
    List<String> problems = new ArrayList<>();
    new TotpPluginFactory()
        .open(new PluginSettings(settings), (where, what) -> problems.add(what))
        .close();
    return problems;
  }

  @Test
  void aKeyFileThatKeepsEverybodyOutIsToldWhenTheConfigurationIsRead() throws Exception {
    enroll("alice");
    useKeyFile("key");
    assertThat(problemsAtOpen()).isEmpty();

    Path key = directory.resolve("key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problemsAtOpen())
        .singleElement()
        .asString()
        .contains("nobody can pass", key + " is open to others", "chmod 600");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(key, "short");
    assertThat(problemsAtOpen()).singleElement().asString().contains(key + " is ");
    Files.delete(key);
    assertThat(problemsAtOpen()).singleElement().asString().contains(key + " does not exist");
  }

  /** It is the operator's, as every file that the configuration names. */
  @Test
  void aSymbolicLinkToTheKeyFileIsFollowed() throws Exception {
    useKeyFile("key");
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("key"));
    settings.put("key-file", directory.resolve("link").toString());
    reopen();
    Telephone telephone = enroll("alice");

    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
    Files.delete(directory.resolve("key"));
    String code = telephone.code(clock.instant());
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("does not exist");
  }

  @Test
  void aSymbolicLinkIsNotFollowed() throws Exception {
    Telephone telephone = enroll("alice");
    Path file = onlyFile();
    Files.move(file, directory.resolve("elsewhere"));
    Files.createSymbolicLink(file, directory.resolve("elsewhere"));

    String code = telephone.code(clock.instant());
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("not a regular file");
  }

  @Test
  void withAKeyFileACopyOfTheFilesHoldsNoSecret() throws Exception {
    useKeyFile("key");
    Telephone telephone = enroll("alice");

    String text = Files.readString(onlyFile());
    assertThat(text).contains("user=alice", "sealed=").doesNotContain("secret=", "last-step");
    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(PASSED);
    assertThat(answer("alice", telephone.code(clock.instant()))).isEqualTo(USED);
  }

  @Test
  void anotherKeyANoKeyAnOpenKeyAndAnotherUsersFileLetNobodyPass() throws Exception {
    useKeyFile("key");
    Telephone telephone = enroll("alice");
    String code = telephone.code(clock.instant());

    useKeyFile("other");
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("another key made it");
    Files.setPosixFilePermissions(
        directory.resolve("other"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("open to others");
    Files.delete(directory.resolve("other"));
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("openssl rand");
    settings.remove("key-file");
    reopen();
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("has no key-file");
    settings.put("key-file", directory.resolve("key").toString());
    reopen();
    String sealed = Files.readString(onlyFile());
    Path alices = onlyFile();
    enroll("bob");
    Files.writeString(alices, sealed.replace("user=alice", "user=bob"));
    assertThatThrownBy(() -> answer("alice", code)).isInstanceOf(IOException.class);
  }

  @Test
  void withAKeyFileAFileThatIsNotEncryptedLetsNobodyPass() throws Exception {
    Telephone telephone = enroll("alice");
    useKeyFile("key");

    String code = telephone.code(clock.instant());
    assertThatThrownBy(() -> answer("alice", code)).hasMessageContaining("it is not encrypted");
  }

  private void useKeyFile(String name) throws Exception {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    Path file =
        Files.writeString(directory.resolve(name), Base64.getEncoder().encodeToString(key) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    settings.put("key-file", file.toString());
    reopen();
  }

  @Test
  void aDamagedFileLetsNobodyPassAndPrintsNoSecret() throws Exception {
    Telephone telephone = enroll("alice");
    Path file = onlyFile();
    String text = Files.readString(file);
    String code = telephone.code(clock.instant());
    for (int length = 0; length < text.length() - 1; length += 7) {
      Files.writeString(file, text.substring(0, length), StandardCharsets.UTF_8);
      if (length <= text.indexOf("recovery-hashes=")) {
        assertThatThrownBy(() -> answer("alice", code))
            .as("cut at %d", length)
            .isInstanceOfAny(IOException.class, IllegalArgumentException.class)
            .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("secret="));
      }
      reopen();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "directory, relative/path",
    "key-file, relative",
    "issuer, a:b",
    "issuer, ''",
    "algorithm, MD5",
    "digits, 7",
    "digits, 5",
    "drift, 11",
    "drift, -1"
  })
  void refusesSettingsThatMakeNoSense(String key, String value) {
    settings.put(key, value.matches("-?[0-9]+") ? (Object) Integer.valueOf(value) : value);
    assertThatThrownBy(() -> Telephone.open(settings, clock))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e -> assertThat(e.faults()).extracting(PluginSettings.Fault::key).containsExactly(key));
  }
}
